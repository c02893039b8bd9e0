/** A touch becomes a drag when it has rested so long. */
const holdMs = 220;
/** A mouse drags from this far on; a finger that went so far earlier scrolls. */
const slackPx = 6;
const edgePx = 56;
const scrollStepPx = 14;

type Dragged = { id: string; words: string };
type Deps = {
	/** The scenes as they stand on the screen, each with `data-scene-id`. */
	rows: () => HTMLElement[];
	allowed: () => boolean;
	/** Put behind another one (null = first). */
	drop: (id: string, after: string | null) => void;
};

/** A scene under way to another place, by mouse or finger: what is dragged, where it would go. */
export class SceneDrag {
	moving = $state.raw<Dragged | null>(null);
	x = $state(0);
	y = $state(0);
	#after = $state<string | null | undefined>(undefined);
	#first = $state<string | null>(null);
	readonly #deps: Deps;
	#end: (() => void) | null = null;

	constructor(deps: Deps) {
		this.#deps = deps;
	}

	/** Where the line of the new place is drawn at this scene. */
	line(id: string): 'before' | 'after' | undefined {
		if (this.moving === null || this.#after === undefined) return undefined;
		if (this.#after === id) return 'after';
		return this.#after === null && this.#first === id ? 'before' : undefined;
	}

	/** Begins to watch a pointer that went down on a scene. */
	watch(event: PointerEvent, scene: Dragged): void {
		const from = event.currentTarget;
		const held = event.target instanceof Element ? event.target.closest('button, a, input, [role=menu]') : null;
		if (this.#end !== null || event.button !== 0 || !this.#deps.allowed() || (held !== null && held !== from)) return;
		const start = { x: event.clientX, y: event.clientY };
		const isTouch = event.pointerType !== 'mouse';
		const begin = (): void => {
			this.moving = scene;
			this.#to(start.x, start.y);
			scroll();
		};
		const timer = isTouch ? setTimeout(begin, holdMs) : undefined;
		let frame = 0;
		const scroll = (): void => {
			const pane = this.#deps.rows()[0]?.closest<HTMLElement>('main, .scroll, .body');
			const box = pane?.getBoundingClientRect();
			if (pane != null && box !== undefined) {
				if (this.y < box.top + edgePx) pane.scrollTop -= scrollStepPx;
				if (this.y > box.bottom - edgePx) pane.scrollTop += scrollStepPx;
				this.#aim();
			}
			frame = requestAnimationFrame(scroll);
		};
		const moved = (to: PointerEvent): void => {
			if (this.moving !== null) return this.#to(to.clientX, to.clientY);
			if (Math.hypot(to.clientX - start.x, to.clientY - start.y) < slackPx) return;
			if (isTouch) end();
			else begin();
		};
		const still = (touch: TouchEvent): void => {
			// Once it is a drag the page does not scroll under it.
			if (this.moving !== null) touch.preventDefault();
		};
		const up = (): void => {
			const [was, after] = [this.moving, this.#after];
			end();
			if (was === null) return;
			// The click that follows means nothing.
			addEventListener('click', swallow, { capture: true, once: true });
			setTimeout(() => removeEventListener('click', swallow, { capture: true }));
			if (after !== undefined) this.#deps.drop(was.id, after);
		};
		const key = (pressed: KeyboardEvent): void => {
			if (pressed.key !== 'Escape' || this.moving === null) return;
			pressed.preventDefault();
			pressed.stopPropagation();
			end();
		};
		const listeners = new AbortController();
		const { signal } = listeners;
		const end = (): void => {
			clearTimeout(timer);
			cancelAnimationFrame(frame);
			listeners.abort();
			this.moving = null;
			this.#after = undefined;
			this.#end = null;
		};
		this.#end = end;
		addEventListener('pointermove', moved, { signal });
		addEventListener('pointerup', up, { signal });
		addEventListener('pointercancel', end, { signal });
		addEventListener('contextmenu', (menu) => isTouch && menu.preventDefault(), { signal });
		addEventListener('keydown', key, { signal, capture: true });
		addEventListener('touchmove', still, { signal, passive: false });
	}
	stop(): void {
		this.#end?.();
	}

	#to(x: number, y: number): void {
		this.x = x;
		this.y = y;
		this.#aim();
	}
	#aim(): void {
		const rows = this.#deps.rows();
		const behind = rows.filter((row) => {
			const { top, height } = row.getBoundingClientRect();
			return top + height / 2 < this.y;
		}).length;
		const ids = rows.map(({ dataset }) => dataset.sceneId ?? '');
		this.#first = ids[0] ?? null;
		const own = this.moving?.id;
		this.#after = ids[behind] === own || ids[behind - 1] === own ? undefined : (ids[behind - 1] ?? null);
	}
}

function swallow(event: Event): void {
	event.preventDefault();
	event.stopPropagation();
}
