import { register } from "./extension/register-extension.js";

// The runtime waits for this module before it asks for its first invocation. Later would be too late.
await register();
