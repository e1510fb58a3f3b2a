// The runtime's own classes.

type Base<Brand extends string> = new <Context, Env>(
  ctx: Context,
  env: Env,
) => { readonly ctx: Context; readonly env: Env } & { readonly [brand in Brand]: never };

// Its types are in a package that is not installed here.
const classes = (await import(["cloudflare", "workers"].join(":"))) as {
  readonly WorkerEntrypoint: Base<"__WORKER_ENTRYPOINT_BRAND">;
  readonly DurableObject: Base<"__DURABLE_OBJECT_BRAND">;
  readonly WorkflowEntrypoint: Base<"__WORKFLOW_ENTRYPOINT_BRAND">;
};

export const { WorkerEntrypoint, DurableObject, WorkflowEntrypoint } = classes;
