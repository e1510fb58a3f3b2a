import { join } from "node:path";
import type { NextConfig } from "next";

// The examples of all platforms share files beside this folder.
const root = join(import.meta.dirname, "../..");

const config: NextConfig = { outputFileTracingRoot: root, turbopack: { root } };

export default config;
