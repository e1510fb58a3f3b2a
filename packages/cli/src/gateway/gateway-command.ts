import { type Command, Option } from "commander";
import { type ListenAddress, listenAddress } from "../arguments/listen-address.js";
import { jsonOption, printJson, type PrintWords } from "../output/print.js";
import { outliveReaders, report, reportFailure } from "../output/report.js";
import { terminated } from "../signals/terminated.js";

interface GatewayWords extends PrintWords {
  readonly listen: ListenAddress;
}

/** Adds the command `gateway`. */
export function addGatewayCommand(program: Command): void {
  program
    .command("gateway")
    .summary("run a Pushgateway in memory, for local work")
    .usage("[options]")
    .description("Runs a Pushgateway in memory until Ctrl-C, with a page of what it holds.")
    .addOption(
      new Option("--listen <HOST:PORT>", "where; port 0 takes a free one")
        .argParser(listenAddress)
        .default({ host: "127.0.0.1", port: 9091 }, "127.0.0.1:9091"),
    )
    .addOption(jsonOption())
    .helpOption("-h, --help", "print this")
    .action(runGateway);
}

async function runGateway({ listen, json }: GatewayWords): Promise<void> {
  outliveReaders();
  const { startGateway } = await import("@prefreeze/gateway");
  const end = terminated();
  const gateway = await startGateway(listen);
  if (json === true) printJson({ url: gateway.url });
  else {
    report(
      `Open ${gateway.url} in a browser to see what is pushed. Ctrl-C ends it, and forgets everything.`,
    );
    report(`PUSHGATEWAY_URL=${gateway.url}`);
  }
  if (!/^(127\.|::1$|localhost$)/.test(listen.host)) {
    reportFailure(
      "whoever reaches this machine can change and delete what it holds: without --listen, it is for this machine alone",
    );
  }
  await end;
  await gateway.stop();
}
