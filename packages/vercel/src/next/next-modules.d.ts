// The parts of Next.js that are used. It is not installed here, and need not be where this package is.
declare module "next/server.js" {
  type After = (task: () => Promise<unknown>) => void;
  export const after: After | undefined;
  const server: { readonly after?: After } | undefined;
  export default server;
}

declare module "next/dist/server/app-render/work-async-storage.external.js" {
  type Storage = {
    getStore(): object | undefined;
    run<R>(store: object | undefined, code: () => R): R;
  };
  export const workAsyncStorage: Storage | undefined;
  const module: { readonly workAsyncStorage?: Storage } | undefined;
  export default module;
}
