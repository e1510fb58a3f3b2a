// The runtime's own classes.

type Base = new <Context, Env>(
  ctx: Context,
  env: Env,
) => { readonly ctx: Context; readonly env: Env };

// Its types are in a package that is not installed here.
const classes = (await import(["cloudflare", "workers"].join(":"))) as {
  readonly WorkerEntrypoint: Base;
  readonly DurableObject: Base;
  readonly WorkflowEntrypoint: Base;
};

export const { WorkerEntrypoint, DurableObject, WorkflowEntrypoint } = classes;
