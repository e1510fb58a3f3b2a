import { register } from "./extension/register-extension.js";

// CommonJS cannot wait: whether this is in time, the platform tells. `explain()` says which it was.
void register();
