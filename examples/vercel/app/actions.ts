"use server";
import { instrumentAction } from "@prefreeze/vercel/next";
import { redirect } from "next/navigation";
import { orders } from "../../metrics";

export const order = instrumentAction(async (form: FormData) => {
  orders.inc({ plan: form.get("plan") === "pro" ? "pro" : "free" });
  // Next.js redirects by an error, which is no failure.
  redirect("/");
});
