// The runtime's own classes.

type Base<Brand> = new <Context, Env>(
  ctx: Context,
  env: Env,
) => { readonly ctx: Context; readonly env: Env } & Brand;

// Its types are in a package that is not installed here.
const classes = (await import(["cloudflare", "workers"].join(":"))) as {
  readonly WorkerEntrypoint: Base<{ readonly __WORKER_ENTRYPOINT_BRAND: never }>;
  readonly DurableObject: Base<{ readonly __DURABLE_OBJECT_BRAND: never }>;
  readonly WorkflowEntrypoint: Base<{ readonly __WORKFLOW_ENTRYPOINT_BRAND: never }>;
};

export const { WorkerEntrypoint, DurableObject, WorkflowEntrypoint } = classes;
