"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // One switch for all panels of a kind, wherever its buttons stand.
  const show = (kind, number) => {
    all(`[data-panel="${kind}"]`).forEach((panel) => {
      panel.hidden = panel.dataset.number !== number;
    });
    all(`[data-switch="${kind}"] button`).forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.show === number));
    });
  };
  all("[data-switch]").forEach((box) => {
    box.hidden = false;
    all("button", box).forEach((button) => {
      button.addEventListener("click", () => show(box.dataset.switch, button.dataset.show));
    });
    show(box.dataset.switch, "1");
  });

  // Rows without a number go last, whichever way the others are sorted.
  const sort = (heading, headings) => {
    const up = heading.getAttribute("aria-sort") !== "ascending";
    const body = heading.closest("table").tBodies[0];
    const value = (row) => row.dataset[heading.dataset.sort];
    const rows = [...body.rows].sort((a, b) => {
      const one = value(a);
      const other = value(b);
      if (one === undefined || other === undefined) {
        return (one === undefined) - (other === undefined);
      }
      return up ? one - other : other - one;
    });
    body.append(...rows);
    headings.forEach((each) => each.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  };
  all("table").forEach((table) => {
    const headings = all("th[data-sort]", table);
    headings.forEach((heading) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => sort(heading, headings));
    });
  });

  // The slider walks over the rows of the table: every number and verdict was computed before.
  all("[data-limits]").forEach((figure) => {
    const cost = figure.dataset.limits;
    const panel = figure.parentElement;
    const rows = all("table.grid tbody tr", panel);
    const names = all("table.grid thead th", panel).map((th) => th.textContent);
    const slide = figure.querySelector(".slide");
    const input = slide.querySelector("input");
    const output = slide.querySelector("output");
    const marker = figure.querySelector("[data-marker]");
    const choose = (chips, verdict) => {
      chips.forEach((chip) => {
        chip.hidden = chip.dataset.verdict !== verdict;
      });
    };
    const tell = (moved) => {
      const at = Number(input.value);
      const cells = [...rows[at].cells].map((cell) => cell.textContent);
      const bounds = cells.slice(1, -1).map((cell, k) => `${names[k + 1]} ${cell}`);
      output.textContent = `${cells[0]}: ${cells.at(-1)} (${bounds.join(", ")})`;
      input.setAttribute("aria-valuetext", `${cells[0]}: ${cells.at(-1)}`);
      if (!moved) {
        return;
      }
      marker.setAttribute("x1", `${rows[at].dataset.at}%`);
      marker.setAttribute("x2", `${rows[at].dataset.at}%`);
      choose(all(`[data-limits-of="${cost}"]`), cells.at(-1));
      all(`[data-epsilon-of="${cost}"]`).forEach((place) => {
        place.textContent = place.classList.contains("at") ? `at ${cells[0]}` : cells[0];
      });
      all("[data-untestable]", panel).forEach((row) => {
        const alone = at < Number(row.dataset.untestable) ? "untestable" : "testable";
        choose(all("[data-verdict]", row), alone);
      });
    };
    input.addEventListener("input", () => tell(true));
    slide.hidden = false;
    tell(false);
  });

  const kinds = { csv: ["text/csv", "whogains.csv"], findings: ["application/json", "audit.json"],
    plan: ["application/json", "plan.json"],
    changes: ["application/json", "diff.json"] };
  all("[data-download]").forEach((button) => {
    button.closest("p").hidden = false;
    button.addEventListener("click", () => {
      const held = JSON.parse(document.getElementById(button.dataset.download).textContent);
      const [type, name] = kinds[button.dataset.download];
      const text = typeof held === "string" ? held : JSON.stringify(held, null, 1);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  });
})();
