# The command in a container: docker build -t whogains . && docker run --rm -v "$PWD:/data" whogains --help
FROM python:3.12-slim
# Rows are read and reports are written as a user without rights, in the folder that is mounted.
RUN useradd --create-home analyst
COPY . /src
RUN pip install --no-cache-dir "/src[files]" && rm -rf /src
USER analyst
WORKDIR /data
ENTRYPOINT ["whogains"]
