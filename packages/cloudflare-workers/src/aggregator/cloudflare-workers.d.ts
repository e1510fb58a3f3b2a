/** The part of the runtime's module that the object uses. Users have all of it, of Cloudflare's own types. */
declare module "cloudflare:workers" {
  export abstract class DurableObject<Env = unknown> {
    protected ctx: import("./runtime-types.js").ObjectContext;
    protected env: Env;
    constructor(ctx: import("./runtime-types.js").ObjectContext, env: Env);
  }
}
