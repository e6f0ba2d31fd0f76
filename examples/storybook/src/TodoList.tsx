import { useContext, useEffect, useState } from "react";
import { Api } from "./api";

interface Todo {
  id: number;
  title: string;
}

export function TodoList() {
  const api = useContext(Api);
  const [todos, setTodos] = useState<Todo[]>();
  const [problem, setProblem] = useState("");
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let isWanted = true;
    load(`${api}/v1/todos`).then(
      (found) => isWanted && (setTodos(found), setProblem("")),
      (error: Error) => isWanted && setProblem(error.message),
    );
    return () => {
      isWanted = false;
    };
  }, [api, attempt]);

  if (problem) {
    return (
      <p role="alert">
        {problem} <button onClick={() => setAttempt(attempt + 1)}>Try again</button>
      </p>
    );
  }
  if (!todos) return <p role="status">Loading …</p>;
  if (!todos.length) return <p role="status">Nothing to do.</p>;
  return (
    <ul>
      {todos.map(({ id, title }) => (
        <li key={id}>{title}</li>
      ))}
    </ul>
  );
}

async function load(url: string): Promise<Todo[]> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The server said ${answer.status}.`);
  return answer.json();
}
