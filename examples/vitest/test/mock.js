import { connect } from "mockserver-py";
import { afterAll, beforeEach, inject } from "vitest";

/** This test file's sandbox, put back before every test. */
export const mock = (await connect({ control: inject("control") })).sibling();

beforeEach(() => mock.reset());
afterAll(() => mock.end());
