// A stand-in for `rapid-client.node`, the native addon of AWS's runtime interface client (RIC). The
// addon is C++ over libcurl: it takes a C++ toolchain and about a minute to compile, is skipped on
// macOS and fails on Windows. The stand-in speaks the same Runtime API over node:http, so all of
// AWS's own JavaScript runs unmodified and nothing is compiled. One difference: the native `done`
// and `error` block the process until the response is posted, these return at once. So measure
// latency with the native client.
"use strict";
const http = require("node:http");
const Module = require("node:module");

const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? "").split(":");
const oneSocket = () => new http.Agent({ keepAlive: true, maxSockets: 1 });
// One socket keeps the order: `next` is sent after the previous response. On Managed Instances
// `next` waits while responses are posted, so each has a socket of its own.
const forNext = oneSocket();
const forPosts = process.env.AWS_LAMBDA_MAX_CONCURRENCY === undefined ? forNext : oneSocket();

function call(agent, method, path, body = "", headers = {}) {
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      hostname,
      port,
      method,
      path: `/2018-06-01/runtime/invocation/${path}`,
    };
    const request = http.request({ ...options, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ bodyJson: Buffer.concat(chunks).toString(), headers: response.headers }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

function post(path, body, headers) {
  // The native client ignores a failed post, too: its next `next` fails and ends the process.
  call(forPosts, "POST", path, body, { "Content-Type": "application/json", ...headers }).catch(
    () => {},
  );
}

const client = {
  next: () => call(forNext, "GET", "next"),
  done: (requestId, body) => post(`${requestId}/response`, body),
  error: (requestId, body, xrayCause) =>
    post(`${requestId}/error`, body, {
      "Lambda-Runtime-Function-Error-Type": "Unhandled",
      // As bytes of UTF-8, as the native client sends it. Node would refuse other characters than Latin-1.
      "Lambda-Runtime-Function-XRay-Error-Cause": Buffer.from(xrayCause).toString("latin1"),
    }),
};

const load = Module._load;
Module._load = function (request, ...rest) {
  return request === "./rapid-client.node" ? client : load.call(this, request, ...rest);
};
