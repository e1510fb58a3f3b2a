// Starts RIC 3 as the managed runtimes do: with the handler and the folder that AWS names in the
// environment. The argument is the path of RIC 3.
import { pathToFileURL } from "node:url";

const { run } = await import(pathToFileURL(process.argv[2]).href);
await run(process.env["LAMBDA_TASK_ROOT"], process.env["_HANDLER"]);
