/** What Python throws where two items cannot be compared. */
export class NotComparable extends Error {}

type Placed = { number: number; id: string };
/** Whether one comes before another; of two with one number and one id Python goes on to compare their graphs, which it cannot. */
function isBefore(a: Placed, b: Placed): boolean {
	if (a.number !== b.number) return a.number < b.number;
	if (a.id !== b.id) return a.id < b.id;
	throw new NotComparable();
}

/** The queue of a server: a heap as Python's `heapq` keeps it, and broken in the same places when two items cannot be compared. */
export function createPromptHeap<T extends Placed>() {
	let heap: T[] = [];
	const at = (index: number): T => {
		const item = heap[index];
		if (item === undefined) throw new RangeError('The heap has no such place');
		return item;
	};
	const rise = (from: number, to: number): void => {
		const item = at(to);
		let place = to;
		while (place > from) {
			const parent = (place - 1) >> 1;
			if (!isBefore(item, at(parent))) break;
			heap[place] = at(parent);
			place = parent;
		}
		heap[place] = item;
	};
	const sink = (from: number): void => {
		const item = at(from);
		let place = from;
		let child = 2 * place + 1;
		while (child < heap.length) {
			const right = child + 1;
			if (right < heap.length && !isBefore(at(child), at(right))) child = right;
			heap[place] = at(child);
			place = child;
			child = 2 * place + 1;
		}
		heap[place] = item;
		rise(from, place);
	};
	return {
		items: (): readonly T[] => heap,
		get length(): number {
			return heap.length;
		},
		clear: (): void => void (heap = []),
		/** Throws `NotComparable` after the item has been put in all the same. */
		push(item: T): void {
			heap.push(item);
			rise(0, heap.length - 1);
		},
		/** The first one; it is lost when those behind it cannot be compared. */
		pop(): T | undefined {
			const last = heap.pop();
			const first = heap[0];
			if (last === undefined || first === undefined) return last;
			heap[0] = last;
			sink(0);
			return first;
		},
		remove(item: T): void {
			heap = heap.filter((other) => other !== item);
			for (let place = (heap.length >> 1) - 1; place >= 0; place--) sink(place);
		},
	};
}
