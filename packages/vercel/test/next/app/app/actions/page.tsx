import { elsewhere, fail, keep, missing, save } from "./actions";

export default function Page() {
  return (
    <form>
      <input name="name" defaultValue="Ada" />
      {Object.entries({ save, keep, fail, missing, elsewhere }).map(([name, action]) => (
        <button key={name} formAction={action}>
          {name}
        </button>
      ))}
    </form>
  );
}
