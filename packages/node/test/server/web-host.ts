import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { request } from "node:http";
import { onTestFinished } from "vitest";
import { ownPort } from "../../../../test/loopback/own-port.js";

const script = fileURLToPath(new URL("fixtures/web-function.mjs", import.meta.url));

/** What a request of the fixture knew of itself. */
export interface Answer {
  readonly status: number | undefined;
  readonly id: string;
  readonly coldStart: boolean;
  readonly orders: number;
}

export interface WebHost {
  /** Thaws the environment, sends a request, and freezes the environment once no request is under way. */
  ask(path: string, id: string): Promise<Answer>;
  nextLine(): Promise<string>;
  thaw(): void;
  /** Thaws the environment and ends it with SIGTERM. @returns how it ended, and how long that took in milliseconds */
  terminate(): Promise<{ readonly end: number | string; readonly tookMs: number }>;
}

/**
 * Runs a Web Function as AWS documents its environments. What is faked: AWS does not say when it freezes one, so this
 * host does it by SIGSTOP as soon as the last response has arrived, which is the earliest that can be; there is no
 * proxy of AWS in between, and none of its variables but the documented ones.
 */
export async function startWebHost(gateway: string): Promise<WebHost> {
  const port = await ownPort();
  const child = spawn(process.execPath, [script], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      PUSHGATEWAY_URL: gateway,
      PREFREEZE_ACTIVE: "1",
      AWS_LAMBDA_HTTP_ENDPOINT: `127.0.0.1:${port}`,
      AWS_LAMBDA_FUNCTION_NAME: "web-shop",
      AWS_REGION: "eu-central-1",
      // The timer pushes nothing that the requests should have pushed.
      PREFREEZE_INTERVAL_MS: "300000",
    },
  });
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  await nextLine();
  let running = 0;
  return {
    nextLine,
    async ask(path, id) {
      child.kill("SIGCONT");
      running++;
      const answer = await send(port, path, id);
      if (--running === 0) child.kill("SIGSTOP");
      return answer;
    },
    thaw: () => void child.kill("SIGCONT"),
    async terminate() {
      const startedMs = performance.now();
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      const [code, signal] = (await ended) as [number | null, string];
      return { end: code ?? signal, tookMs: performance.now() - startedMs };
    },
  };
}

function send(port: number, path: string, id: string): Promise<Answer> {
  const headers = { "lambda-web-request-id": id, "lambda-web-endpoint-name": "orders" };
  return new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1", path, headers }, (response) => {
      let body = "";
      response
        .setEncoding("utf8")
        .on("data", (text: string) => (body += text))
        .on("end", () =>
          resolve({ status: response.statusCode, ...(JSON.parse(body) as Omit<Answer, "status">) }),
        );
    })
      .on("error", reject)
      .end();
  });
}
