import { register } from "./extension/register-extension.js";

// CommonJS cannot wait, so this may come too late. Lambda then refuses it, and `explain()` says so.
void register();
