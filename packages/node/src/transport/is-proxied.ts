/** Parts of Node.js that not all versions have. */
interface Parts {
  readonly moduleLoadList?: readonly string[];
}

/** Node.js itself brings requests of `node:http`, and of its own `fetch` alone, to a proxy that the environment names. */
export function isProxied(): boolean {
  const { env, execArgv, moduleLoadList } = process as Parts & NodeJS.Process;
  if (!/^0?$/.test(env["NODE_USE_ENV_PROXY"] ?? "")) return true;
  if (`${env["NODE_OPTIONS"]} ${execArgv.join(" ")}`.includes("--use-env-proxy")) return true;
  // A program that sets a proxy while it runs has loaded it.
  if (!moduleLoadList?.includes("NativeModule http")) return false;
  const { options } = process.getBuiltinModule("node:http").globalAgent as {
    readonly options?: { readonly proxyEnv?: object };
  };
  return options?.proxyEnv !== undefined;
}
