import { createContext } from "react";

/** Where the API is. */
export const Api = createContext("");
