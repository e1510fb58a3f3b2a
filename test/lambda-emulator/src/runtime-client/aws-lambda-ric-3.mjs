// Starts RIC 3 as AWS's managed runtimes do: the environment names the handler and its folder. The
// argument is the path of RIC 3.
import { pathToFileURL } from "node:url";

const { run } = await import(pathToFileURL(process.argv[2]).href);
await run(process.env["LAMBDA_TASK_ROOT"], process.env["_HANDLER"]);
