/**
 * What crosses between the kernel and the explorer of gaps. The Python side is
 * merit_kit/panels/_gaps.py and what it names; change both together.
 *
 * Every question has a `turn`, and so has its answer: one that was overtaken by a later question of
 * its kind is dropped.
 *
 * @typedef {{edition: string, round: string, kind: string, province: string, wilayah: string,
 *   category: string, view: string, aspect: number, sort: string, down: boolean, seek: string,
 *   page: number, one: string}} Wish
 * `show` also says which options of the filters there are already (`has`, an `options_key`): the
 * answer has them only where they are others.
 *
 * @typedef {{name: string, tone: number}} Category
 * @typedef {{key: string, label: string, title: string, aspect: number}} Column
 * @typedef {[string, number]} Cell what it says, and how dark it is: -1 where nothing is known, -2
 *   where statements contradict each other
 * @typedef {{columns: Column[], rows: {id: string, agency: string, name: string, about: string,
 *   below: string, total: string, state: string, category: ?Category, cells: Cell[]}[], medians: Cell[],
 *   count: number, page: number, pages: number, unit: string, top: number, open: string}} Heat
 *   `state` and `open` say what is not determined; empty where everything is
 * Where the filters keep nothing, an answer has `nothing`: that, in words. Of one agency without a
 * level, `no_lifts` says why there is no step to name, and its `total` is empty.
 *
 * @typedef {{title: string, svg: string, head: string[], rows: string[][], note: string,
 *   state: string}} Picture
 * @typedef {{total: string, complete: boolean, index: string, category: ?Category, rank: ?number,
 *   next: ?{name: string, points: string}, aspects: Object<string, string>}} Standing
 */

export const FILTERS = ["round", "kind", "province", "wilayah", "category", "edition"];

/** What keeps fewer agencies: those of the filters and the search that can be empty. */
export const NARROWING = ["kind", "province", "wilayah", "category", "seek"];
export const VIEWS = ["heat", "spread", "both", "trend", "one"];

/** Milliseconds of silence after a letter in the search before it is looked for. */
export const REST = 180;
