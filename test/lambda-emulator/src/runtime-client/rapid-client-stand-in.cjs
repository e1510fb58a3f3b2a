// A stand-in for `rapid-client.node`, the one native piece of AWS's runtime interface client
// (RIC). The real one is C++ over libcurl; compiling it takes about a minute and a C++
// toolchain, is skipped on macOS and fails on Windows. This one speaks the same Runtime API
// over node:http, so that all of AWS's own JavaScript runs unmodified with nothing compiled.
// What differs: the native `done` and `error` block the process until the response is posted,
// these return at once. Figures of latency belong to the native client.
"use strict";
const http = require("node:http");
const Module = require("node:module");

const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? "").split(":");
const oneSocket = () => new http.Agent({ keepAlive: true, maxSockets: 1 });
// One socket keeps the order: `next` is sent only after the response before it. On Managed
// Instances `next` waits while responses are posted, so that each has a socket.
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
  // The native client ignores a failed post too: the next `next` fails and ends the process.
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
      "Lambda-Runtime-Function-XRay-Error-Cause": xrayCause,
    }),
};

const load = Module._load;
Module._load = function (request, ...rest) {
  return request === "./rapid-client.node" ? client : load.call(this, request, ...rest);
};
