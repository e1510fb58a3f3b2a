/**
 * Importing this module, first of all, registers the function as an extension of its own environment, so that
 * pushes follow the response. Outside Lambda it does nothing.
 *
 * @module
 */
import { register } from "./extension/register-extension.js";

// The runtime waits for this module before it asks for its first invocation. Later would be too late.
await register();
