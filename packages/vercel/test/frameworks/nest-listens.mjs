import { NestFactory } from "@nestjs/core";
import { App } from "./nest-app.mjs";
import { wrap } from "./wrapper.mjs";

const app = wrap(await NestFactory.create(App, { logger: false }));
// Vercel serves the server itself, which therefore never listens.
void app.listen(3_000);
