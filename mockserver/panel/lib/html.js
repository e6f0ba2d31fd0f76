/** What every view is written with: markup in templates (htm), components (Preact) and values that change (signals). */

import { h, render } from "preact";
import htm from "htm";

export const html = htm.bind(h);
export { h, render };
export { useEffect, useLayoutEffect, useMemo, useRef, useState, useId, useCallback } from "preact/hooks";
export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } from "@preact/signals";
