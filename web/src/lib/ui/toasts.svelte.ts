export type ToastKind = 'plain' | 'ok' | 'danger';
type Toast = { id: number; text: string; kind: ToastKind; action: { label: string; run: () => void } | null };

const shownMs = { plain: 5000, ok: 4000, danger: 9000, action: 9000 } as const;

class Toasts {
	list = $state<Toast[]>([]);
	#last = 0;

	/** Says something in passing; with an action (e.g. Undo) it stays longer. */
	show(text: string, options: { kind?: ToastKind; action?: { label: string; run: () => void } } = {}): void {
		const { kind = 'plain', action = null } = options;
		const id = ++this.#last;
		this.list = [...this.list.slice(-2), { id, text, kind, action }];
		setTimeout(() => this.dismiss(id), action === null ? shownMs[kind] : shownMs.action);
	}

	dismiss(id: number): void {
		this.list = this.list.filter((toast) => toast.id !== id);
	}
}

/** What this window says in passing. */
export const toasts = new Toasts();
