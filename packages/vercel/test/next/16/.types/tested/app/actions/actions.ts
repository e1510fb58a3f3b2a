"use server";
import { instrument } from "@prefreeze/vercel";
import { instrumentAction } from "@prefreeze/vercel/next";
import { notFound, redirect } from "next/navigation";
import { hits } from "../../metrics";

export const save = instrumentAction(async (form: FormData) => {
  hits.inc({ route: "save" });
  redirect(`/actions?saved=${String(form.get("name"))}`);
});

export const keep = instrumentAction(async (_form: FormData) => {
  hits.inc({ route: "keep" });
});

export const fail = instrumentAction(async (_form: FormData) => {
  throw new RangeError("action");
});

export const missing = instrumentAction(async (_form: FormData) => {
  notFound();
});

export const elsewhere = instrument(async (_form: FormData) => {
  hits.inc({ route: "elsewhere" });
  redirect("/actions");
});
