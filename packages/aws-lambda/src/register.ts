import { register } from "./extension/register-extension.js";

// The runtime waits for the module, and asks for its first invocation only then: later it is too late.
await register();
