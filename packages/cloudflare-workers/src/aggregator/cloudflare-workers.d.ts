/** The part of the runtime's module that the object uses. Users have all of it, of Cloudflare's own types. */
declare module "cloudflare:workers" {
  interface ObjectContext {
    readonly id: { toString(): string };
    readonly storage: import("./runtime-types.js").ObjectStorage;
  }

  export abstract class DurableObject<Env = unknown> {
    protected ctx: ObjectContext;
    protected env: Env;
    constructor(ctx: ObjectContext, env: Env);
  }
}
