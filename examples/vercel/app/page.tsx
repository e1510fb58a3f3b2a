import { instrumentPage } from "@prefreeze/vercel/next";
import { connection } from "next/server";
import { order } from "./actions";

// A page is counted when the server renders it: this one for each request.
export default instrumentPage(async function Shop() {
  await connection();
  return (
    <form action={order}>
      <button name="plan" value="free">
        Order the free plan
      </button>
      <button name="plan" value="pro">
        Order the pro plan
      </button>
    </form>
  );
});
