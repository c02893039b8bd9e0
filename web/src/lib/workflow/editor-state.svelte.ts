import { SvelteMap } from 'svelte/reactivity';
import type { GraphFault } from '@reelroom/shared/provider/check-graph.ts';
import { workflowApi } from '@reelroom/shared/workflow/api.ts';
import type {
	GraphNodeView,
	InputView,
	ValueEdit,
	WireValue,
	WorkflowDetail,
	WorkflowVersionSummary,
} from '@reelroom/shared/workflow/own-workflow.ts';
import { bindingNames, type BindingName, type BindingPlace } from '@reelroom/shared/provider/workflow.ts';
import { can } from '@reelroom/shared/workspace/access.ts';
import type { Workspace } from '@reelroom/shared/workspace/workspace.ts';
import { call } from '#lib/call.ts';

/** What an input is given: a word of ours, whatever is set in the inspector, or nothing. */
export type Given = BindingName | 'exposed' | 'none';
/** Stands in no name. */
const between = '\u0000';
export const keyOf = ({ nodeId, input }: BindingPlace): string => `${nodeId}${between}${input}`;

/** Which words of ours fit an input of a type; any other may be chosen where it was bound before. */
const fitting: Readonly<Record<string, readonly BindingName[]>> = {
	STRING: ['prompt', 'negative'],
	INT: ['seed', 'width', 'height', 'steps', 'frames', 'fps', 'batch', 'guidance'],
	FLOAT: ['guidance', 'denoise', 'loraStrength', 'controlStrength', 'fps'],
	COMBO: ['checkpoint', 'lora', 'sampler', 'scheduler'],
	PICTURE: ['referenceImage', 'lastImage', 'maskImage', 'controlImage'],
};

/** One workflow while it is looked at and changed: nothing is saved until it is asked for, and then as a new version. */
export class EditorState {
	readonly workspace: Workspace;
	detail = $state.raw() as WorkflowDetail;
	versions = $state.raw<WorkflowVersionSummary[]>([]);
	kind = $state() as WorkflowDetail['kind'];
	tags = $state('');
	/** What differs from what is saved. */
	readonly given = new SvelteMap<string, Given>();
	readonly values = new SvelteMap<string, ValueEdit>();

	constructor(workspace: Workspace, detail: WorkflowDetail) {
		this.workspace = workspace;
		this.#take(detail);
	}
	get canEdit(): boolean {
		return this.detail.source === 'own' && can(this.workspace.role, 'workflow.edit');
	}
	get canTry(): boolean {
		return can(this.workspace.role, 'workflow.edit');
	}
	get params(): { id: string; workflowId: string } {
		return { id: this.workspace.id, workflowId: this.detail.id };
	}
	get isChanged(): boolean {
		const { kind, tags } = this.detail;
		return this.given.size > 0 || this.values.size > 0 || this.kind !== kind || this.#tags().join() !== tags.join();
	}
	/** What every input is given, as it would be saved. */
	readonly all = $derived.by(() => {
		const all = new Map<string, Given>();
		for (const [name, places] of Object.entries(this.detail.bindings))
			for (const place of places) all.set(keyOf(place), name as BindingName);
		for (const place of this.detail.exposed) if (!all.has(keyOf(place))) all.set(keyOf(place), 'exposed');
		for (const [key, given] of this.given) all.set(key, given);
		return all;
	});
	readonly #guesses = $derived(
		new Map(
			Object.entries(this.detail.guessed).flatMap(([name, places]) =>
				places.map((place): [string, BindingName] => [keyOf(place), name as BindingName]),
			),
		),
	);
	readonly #faults = $derived(Map.groupBy(this.detail.faults, keyOf));
	/** Names that something is bound to. */
	readonly bound = $derived(new Set(this.all.values()));

	#tags(): string[] {
		return [...new Set(this.tags.split(/[,，\s]+/).filter(Boolean))];
	}
	#take(detail: WorkflowDetail): void {
		this.detail = detail;
		this.kind = detail.kind;
		this.tags = detail.tags.join(', ');
		this.given.clear();
		this.values.clear();
	}
	givenTo(place: BindingPlace): Given {
		return this.all.get(keyOf(place)) ?? 'none';
	}
	isGuess(place: BindingPlace): boolean {
		const given = this.givenTo(place);
		return given !== 'none' && this.#guesses.get(keyOf(place)) === given;
	}
	valueOf(node: GraphNodeView, input: InputView): WireValue {
		return this.values.get(keyOf({ nodeId: node.id, input: input.name }))?.value ?? input.value;
	}
	/** Faults of an input; with an empty name those of the node, with two those of the whole graph. */
	faultsAt(nodeId: string, input: string): GraphFault[] {
		return this.#faults.get(keyOf({ nodeId, input })) ?? [];
	}
	choicesFor(node: GraphNodeView, input: InputView): Given[] {
		const now = this.givenTo({ nodeId: node.id, input: input.name });
		const fit = fitting[input.type] ?? (input.type === 'BOOLEAN' ? [] : bindingNames);
		const names = now === 'none' || now === 'exposed' || fit.includes(now) ? fit : [now, ...fit];
		return ['none', ...names, ...(input.type === 'PICTURE' ? [] : (['exposed'] as const))];
	}
	bind(place: BindingPlace, given: Given): void {
		this.given.set(keyOf(place), given);
	}
	set(place: BindingPlace, value: WireValue): void {
		this.values.set(keyOf(place), { ...place, value });
	}
	/** Lets every input be given what the graph alone suggests. */
	guessAgain(): void {
		for (const key of this.all.keys()) this.given.set(key, this.#guesses.get(key) ?? 'none');
		for (const [key, name] of this.#guesses) this.given.set(key, name);
	}
	discard(): void {
		this.#take(this.detail);
	}
	async save(): Promise<void> {
		const bindings: Partial<Record<BindingName, BindingPlace[]>> = {};
		const exposed: BindingPlace[] = [];
		for (const [key, given] of this.all) {
			const [nodeId = '', input = ''] = key.split(between);
			const place = { nodeId, input };
			if (given === 'exposed') exposed.push(place);
			else if (given !== 'none') (bindings[given] ??= []).push(place);
		}
		const body = {
			from: this.newest,
			...(this.newest === this.detail.version ? {} : { base: this.detail.version }),
			kind: this.kind,
			bindings,
			exposed,
			tags: this.#tags(),
			values: [...this.values.values()],
		};
		this.#take(await call(workflowApi.save, { params: this.params, body }));
		await this.loadVersions();
	}
	async loadVersions(): Promise<void> {
		this.versions = this.detail.source === 'ready' ? [] : await call(workflowApi.versions, { params: this.params });
	}
	/** Shows another version. */
	async show(version: number): Promise<void> {
		this.#take(await call(workflowApi.read, { params: this.params, query: { version } }));
	}
	get newest(): number {
		return this.versions[0]?.version ?? this.detail.version;
	}
}
