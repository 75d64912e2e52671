"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // One switch for all panels of a kind, wherever its buttons or selects stand.
  const show = (kind, number) => {
    all(`[data-panel="${kind}"]`).forEach((panel) => {
      panel.hidden = panel.dataset.number !== number;
    });
    all(`[data-switch="${kind}"] button`).forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.show === number));
    });
    all(`[data-switch="${kind}"][data-panels]`).forEach((box) => select(box, Number(number) - 1));
  };
  // Each panel is one option of every select; a select that says nothing of it is not shown.
  const select = (box, place) => {
    const panels = JSON.parse(box.dataset.panels);
    all("select", box).forEach((field, part) => {
      const chosen = panels[place][part];
      field.parentElement.hidden = chosen === null;
      if (chosen === null) {
        return;
      }
      field.value = String(chosen);
      const fits = panels.filter((one) => one.slice(0, part).every((x, k) => x === panels[place][k]));
      [...field.options].forEach((option, k) => {
        option.disabled = !fits.some((one) => one[part] === k);
      });
    });
  };
  // What was just chosen holds; of the other selects, as much as there is a panel for.
  const nearest = (box, changed) => {
    const panels = JSON.parse(box.dataset.panels);
    const wanted = all("select", box).map((field) => Number(field.value));
    const score = (one) =>
      one[changed] === wanted[changed] ? 1 + one.filter((x, k) => x === wanted[k]).length : 0;
    return panels.reduce((best, one, k) => (score(one) > score(panels[best]) ? k : best), 0);
  };
  all("[data-switch]").forEach((box) => {
    box.hidden = false;
    all("button", box).forEach((button) => {
      button.addEventListener("click", () => show(box.dataset.switch, button.dataset.show));
    });
    all("select", box).forEach((field, part) => {
      field.addEventListener("change", () => {
        show(box.dataset.switch, String(nearest(box, part) + 1));
      });
    });
  });
  new Set(all("[data-switch]").map((box) => box.dataset.switch)).forEach((kind) => show(kind, "1"));

  // More than a screen holds is folded, and searched by name; without script everything is there.
  const folds = new Map();
  const fold = (box) => {
    const per = Number(box.dataset.per ?? 1);
    const parts = () => {
      const every = [...(box.tBodies?.[0]?.rows ?? box.children)].filter((e) => !e.matches(".kept"));
      return Array.from({ length: every.length / per }, (_, k) => every.slice(k * per, k * per + per));
    };
    const most = Number(box.dataset.fold);
    const number = parts().length;
    if (number <= most) {
      return;
    }
    const bar = document.createElement("div");
    const button = document.createElement("button");
    const label = document.createElement("label");
    const field = document.createElement("input");
    const said = document.createElement("output");
    bar.className = "fold-bar";
    button.type = "button";
    field.type = "search";
    label.append("Find a group ", field);
    bar.append(button, label, said);
    (box.closest(".scroll") ?? box).after(bar);
    let open = false;
    const draw = () => {
      const wanted = field.value.trim().toLowerCase();
      let found = 0;
      parts().forEach((part) => {
        const name = part[0].querySelector("bdi") ?? part[0];
        const fits = name.textContent.toLowerCase().includes(wanted);
        const seen = fits && (open || found < most);
        found += fits;
        part.forEach((each) => each.classList.toggle("folded", !seen));
      });
      button.textContent = open ? `Show ${most} only` : `Show all ${found}`;
      button.hidden = found <= most;
      said.textContent = open || found <= most ? `${found} of ${number}` : `${most} of ${number}`;
    };
    button.addEventListener("click", () => {
      open = !open;
      draw();
    });
    field.addEventListener("input", draw);
    folds.set(box, draw);
    draw();
  };
  all("[data-fold]").forEach(fold);

  // Rows without a number go last, whichever way the others are sorted.
  const sort = (heading, headings) => {
    const up = heading.getAttribute("aria-sort") !== "ascending";
    const body = heading.closest("table").tBodies[0];
    const key = heading.dataset.sort;
    // A number where a row carries it, else as the table shows it.
    const value = (row) => {
      const shown = row.cells[heading.cellIndex].textContent.replaceAll(",", "").replace("−", "-");
      const number = Number.parseFloat(row.dataset[key] ?? shown);
      return Number.isFinite(number) ? number : undefined;
    };
    const rows = [...body.rows].sort((a, b) => {
      const one = value(a);
      const other = value(b);
      if (one === undefined || other === undefined) {
        return (one === undefined) - (other === undefined);
      }
      return up ? one - other : other - one;
    });
    body.append(...rows);
    folds.get(heading.closest("table"))?.();
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
        row.lastElementChild.textContent =
          at < Number(row.dataset.untestable) ? "untestable" : "testable";
      });
    };
    input.addEventListener("input", () => tell(true));
    slide.hidden = false;
    tell(false);
  });

  // What a spreadsheet could run as a formula begins with an apostrophe.
  const cell = (value) => {
    // Truth is written as the library writes it.
    if (typeof value === "boolean") return value ? "True" : "False";
    const plain = typeof value === "string" ? value.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ") : value;
    const formula = typeof plain === "string" && /^[\p{Cf}\p{Z}]*[=+\-@|%＝＋－＠]/u.test(plain);
    const text = `${formula ? "'" : ""}${plain ?? ""}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  // A number of a group by its column; those beside a placebo are one level deeper.
  const numberOf = (group, name) => {
    const ends = { ci_low: 0, ci_high: 1 };
    if (name in ends) return group.ci[ends[name]];
    const beside = group.over_placebo;
    if (name === "over_placebo") return beside?.bop;
    if (name.startsWith("placebo_")) return beside?.[name];
    if (!name.startsWith("over_placebo_")) return group[name];
    const inner = name.slice("over_placebo_".length);
    return inner in ends ? beside?.ci[ends[inner]] : beside?.[inner];
  };
  // The numbers of all costs and groups, in the columns of the library's table.
  const table = ({ data, costs }, [first, numbers]) => {
    const taken = new Set([...first, ...numbers]);
    const columns = [
      ...first, ...data.groups.map((name) => (taken.has(name) ? `${name} (group)` : name)), ...numbers,
    ];
    const rows = costs.flatMap((cost) => cost.groups.map((group) => [
      ...first.map((name) => cost[name === "cost" ? "name" : name]),
      ...data.groups.map((name) => group.group[name] ?? `${name} missing`),
      ...numbers.map((name) => numberOf(group, name)),
    ]));
    return [rows.length ? columns : [], ...rows]
      .map((row) => `${row.map(cell).join(",")}\r\n`).join("");
  };
  // The file that a link holds compressed.
  const unpacked = (link) => {
    const data = atob(link.getAttribute("href").split(",")[1]);
    const bytes = Uint8Array.from(data, (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).blob();
  };
  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  // A browser that cannot unpack saves the compressed file.
  if ("DecompressionStream" in window) {
    all("a[data-download]").forEach((link) => {
      link.addEventListener("click", async (event) => {
        event.preventDefault();
        const blob = new Blob([await unpacked(link)], { type: "application/json" });
        save(blob, `${link.dataset.download}.json`);
      });
    });
    all("button[data-download=csv]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const audit = JSON.parse(await (await unpacked(button.nextElementSibling)).text());
        const text = table(audit, JSON.parse(button.dataset.columns));
        save(new Blob([text], { type: "text/csv;charset=utf-8" }), "whogains.csv");
      });
    });
  }

  // Hover shows all numbers of a group: what the tables say of it, in one line.
  const said = (row, from) => {
    const heads = all("thead th", row.closest("table")).map((head) => head.textContent);
    return [...row.cells].slice(from)
      .map((cell, k) => [heads[k + from], cell.textContent.replace(/\s+/g, " ").trim()])
      .filter(([, text]) => text && text !== "–").map((each) => each.join(" "));
  };
  all("tbody td.drawn").forEach((drawn) => {
    drawn.addEventListener("pointerenter", () => {
      const row = drawn.parentElement;
      const more = row.closest(".panel").querySelector("table.more");
      const name = row.querySelector("bdi").textContent;
      const numbers = [...said(row, 1), ...said(more.tBodies[0].rows[row.dataset.group - 1], 1)];
      drawn.title = `${name}: ${numbers.join(", ")}`;
    }, { once: true });
  });
  all(".picture .effect").forEach((effect) => {
    effect.title = effect.querySelector(".hidden").textContent;
  });
  all(".plane > g").forEach((group) => {
    group.addEventListener("pointerenter", () => {
      const number = Number(group.querySelector(".number").textContent);
      const row = group.closest(".panel").querySelector("tbody").rows[number - 1];
      const title = document.createElementNS(group.namespaceURI, "title");
      title.textContent = `${row.cells[1].textContent}: ${said(row, 2).join(", ")}`;
      group.prepend(title);
    }, { once: true });
  });

  // Paper cannot be clicked: browsers that the style does not tell get everything opened.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    opened.forEach((details) => {
      details.open = true;
    });
  });
  addEventListener("afterprint", () => {
    opened.forEach((details) => {
      details.open = false;
    });
  });
})();
