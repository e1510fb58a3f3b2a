import { instrumentPage } from "@prefreeze/vercel/next";
import { notFound, redirect } from "next/navigation";
import { Suspense } from "react";
import { hits } from "../../metrics";

function Child({ how }: { readonly how: string }) {
  if (how === "child-throws") throw new EvalError("child");
  return <b>child</b>;
}

/** Streams 300 ms after the rest of the page. */
async function Late({ how }: { readonly how: string }) {
  await new Promise((resolve) => setTimeout(resolve, 300));
  if (how === "late-throws") throw new SyntaxError("late");
  return <i>late</i>;
}

export default instrumentPage(
  async ({ searchParams }: { readonly searchParams: Promise<{ readonly how?: string }> }) => {
    const { how = "" } = await searchParams;
    hits.inc({ route: "page" });
    if (how === "redirect") redirect("/");
    if (how === "not-found") notFound();
    if (how === "throws") throw new URIError("page");
    return (
      <p>
        <Child how={how} />
        <Suspense fallback="…">
          <Late how={how} />
        </Suspense>
      </p>
    );
  },
);
