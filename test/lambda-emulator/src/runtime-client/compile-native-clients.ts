// `npx tsx test/lambda-emulator/src/runtime-client/compile-native-clients.ts`: compiles the native
// addons of AWS's runtime clients into .cache/lambda, unless they are there.
import { compileNativeClient } from "./native-client.js";

for (const client of ["ric-3", "ric-4"] as const) {
  try {
    console.log(`${client} with its native addon: ${await compileNativeClient(client)}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
