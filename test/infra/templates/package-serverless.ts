import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { DescribedFunction } from "./described-function.js";
import { type CloudFormation, functionOf } from "./read-cloudformation.js";
import { templatesLane } from "./templates-lane.js";

/**
 * Runs `osls package`, which checks the file by its schema and writes what it would deploy. It asks CloudFormation
 * whether the stack exists: a fake on the loopback interface says that it does not, whatever it is asked.
 *
 * @returns what it printed, and the function
 * @throws Error if it does not take the file
 */
export async function packageServerless(
  folder: string,
  parameters: Readonly<Record<string, string>>,
): Promise<{ readonly printed: string; readonly shop: DescribedFunction }> {
  const server = createServer((_, response) => {
    response.writeHead(400, { "content-type": "text/xml" });
    response.end(
      "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id prefreeze-shop-dev does not exist</Message></Error></ErrorResponse>",
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const words = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(templatesLane, "node_modules/osls/bin/serverless.js"), "package", ...words],
      {
        cwd: folder,
        env: {
          PATH: process.env["PATH"],
          HOME: folder,
          AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
          AWS_ACCESS_KEY_ID: "fake",
          AWS_SECRET_ACCESS_KEY: "fake",
          AWS_EC2_METADATA_DISABLED: "true",
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        },
      },
    );
    const file = join(folder, ".serverless/cloudformation-template-update-stack.json");
    const template = JSON.parse(await readFile(file, "utf8")) as CloudFormation;
    const shop = functionOf(template, (key) =>
      // The artifact of a layer is uploaded as it is; that of functions is made here.
      basename(key) === "prefreeze-layer.zip"
        ? join(folder, "node_modules/@prefreeze/aws-lambda/dist/prefreeze-layer.zip")
        : join(folder, ".serverless", basename(key)),
    );
    return { printed: stdout + stderr, shop };
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
}
