import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { scriptApi, type ImportProposal } from '@reelroom/shared/script/api.ts';
import { call } from '#lib/call.ts';
import { problemWords, t } from '#lib/i18n/words.svelte.ts';
import type { StudioState } from '#lib/studio/studio-state.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';
import { noteImport } from './import-undo.ts';

/** A script file on its way into the open project: read, shown as a proposal, accepted in whole or in part. */
export class ImportState {
	readonly #studio: StudioState;
	#file: File | null = null;
	proposal = $state.raw<ImportProposal | null>(null);
	name = $state('');
	busy = $state(false);
	/** True when the proposal was made anew, because somebody typed meanwhile. */
	again = $state(false);
	/** Places of the changes that are left out. */
	left = $state.raw<ReadonlySet<number>>(new Set());

	constructor(studio: StudioState) {
		this.#studio = studio;
	}

	/** Brings a file: into an empty script at once, else as a proposal. */
	async take(file: File | undefined): Promise<void> {
		if (file === undefined || this.busy || !this.#studio.canEdit) return;
		if (file.size > limits.scriptFileBytes) return void toasts.show(t('problems.too-large'), { kind: 'danger' });
		this.#file = file;
		this.name = file.name;
		this.again = false;
		await this.#carefully(() => this.#ask(file));
	}

	async #ask(file: File): Promise<void> {
		const reply = await call(scriptApi.proposeImport, {
			params: { id: this.#studio.project.id },
			query: { name: file.name.slice(-255) },
			bytes: new Uint8Array(await file.arrayBuffer()),
		});
		this.left = new Set();
		if (reply.status === 'proposed') this.proposal = reply;
		else {
			this.close();
			toasts.show(t('studio.imported', { n: reply.scenes }), { kind: 'ok' });
		}
	}

	/** Carries the proposal out; where the script changed since, it is proposed again. */
	async accept(): Promise<void> {
		const [file, proposal] = [this.#file, this.proposal];
		if (file === null || proposal === null || this.busy) return;
		await this.#carefully(async () => {
			const noted = noteImport(this.#studio.live.doc);
			try {
				const { scenes, clientId } = await call(scriptApi.acceptImport, {
					params: { id: this.#studio.project.id },
					query: { name: file.name.slice(-255), base: proposal.base, leave: [...this.left].join(',') },
					bytes: new Uint8Array(await file.arrayBuffer()),
				});
				this.close();
				toasts.show(t('studio.imported', { n: scenes }), {
					kind: 'ok',
					action: {
						label: t('common.undo'),
						run: () => {
							noted.undo(clientId);
							toasts.show(t('studio.importUndone'));
						},
					},
				});
			} catch (failure) {
				if (!(failure instanceof Problem && failure.code === 'script-changed')) throw failure;
				this.again = true;
				await this.#ask(file);
			} finally {
				// What the server made of the text arrives with the reply or right behind it.
				setTimeout(noted.stop, 600);
			}
		});
	}

	toggle(place: number): void {
		const left = new Set(this.left);
		if (!left.delete(place)) left.add(place);
		this.left = left;
	}

	close(): void {
		this.proposal = null;
		this.#file = null;
	}

	async #carefully(act: () => Promise<void>): Promise<void> {
		this.busy = true;
		try {
			await act();
		} catch (failure) {
			const detail = failure instanceof Problem && failure.code === 'not-a-script' ? failure.detail : undefined;
			toasts.show(detail === undefined ? problemWords(failure) : `${problemWords(failure)} ${detail}`, {
				kind: 'danger',
			});
		}
		this.busy = false;
	}
}
