import type { EditorNode } from './editor-file.ts';
import type { InputValue } from './graph.ts';
import { inputsOf, type InputSpec, type NodeClass } from './object-info.ts';

const controls = new Set(['fixed', 'increment', 'decrement', 'randomize', 'increment-wrap']);
/** What the editor keeps for itself in the place of a value. */
const ofTheEditor = new Set(['videopreview', 'speak_and_recognation']);
/** What stands behind the inputs that must be given where a file can be chosen: the button. */
const buttons = new Set<unknown>(['image', 'video', 'audio', 'mesh']);

/** A value as a server takes it: a list would be taken for a link. */
const asValue = (value: unknown): InputValue =>
	Array.isArray(value) ? { __value__: value as InputValue[] } : (value as InputValue);

type Widget = {
	name: string;
	controlled: boolean;
	/** The button of a file may stand before it. */ behindButton: boolean;
	/** Widgets that come with a choice, behind this one. */
	ofChoice: (choice: InputValue) => Widget[];
};
const widgetOf = (spec: InputSpec): Widget => ({
	name: spec.name,
	controlled: spec.controlled,
	behindButton: false,
	ofChoice: (choice) =>
		spec
			.inputsOfChoice(choice)
			.filter(({ isWidget }) => isWidget)
			.map(widgetOf),
});

/** The widgets of a node in the order in which its values stand. */
function widgetsIn(node: EditorNode, known: NodeClass | undefined): Widget[] {
	const named = (node.inputs ?? []).flatMap(({ widget }) => (widget == null ? [] : [widget.name]));
	const specs = known === undefined ? [] : inputsOf(known);
	const byName = new Map(specs.map((spec) => [spec.name, spec]));
	const isWidget = (spec: InputSpec): boolean => spec.isWidget || named.includes(spec.name);
	const own = specs.filter(isWidget);
	// Where the file tells all of them it tells those, too, that come and go with a choice.
	const isWhole = named.length > 0 && own.every(({ name }) => named.includes(name));
	const names = isWhole ? named : [...own.map(({ name }) => name), ...named.filter((name) => !byName.has(name))];
	const uploads = specs.some(({ isUpload }) => isUpload);
	let wasOptional = false;
	return [...new Set(names)].map((name) => {
		const spec = byName.get(name);
		const isFirstOptional = !wasOptional && spec?.required === false;
		wasOptional ||= isFirstOptional;
		return {
			name,
			controlled: spec?.controlled ?? /seed/.test(name),
			behindButton: uploads && isFirstOptional,
			ofChoice: spec === undefined || isWhole ? () => [] : widgetOf(spec).ofChoice,
		};
	});
}

/** The widget values of a node by name; the control behind a seed and the button behind a file are stepped over. */
export function widgetValues(node: EditorNode, known: NodeClass | undefined): Record<string, InputValue> {
	const found: Record<string, InputValue> = {};
	const named = node.widgets_values_named ?? (Array.isArray(node.widgets_values) ? null : node.widgets_values);
	if (named != null) {
		for (const [name, value] of Object.entries(named))
			if (!ofTheEditor.has(name) && name !== 'control_after_generate') found[name] = asValue(value);
		return found;
	}
	const values = node.widgets_values;
	if (!Array.isArray(values)) return found;
	let at = 0;
	const widgets = widgetsIn(node, known);
	for (let next = widgets.shift(); next !== undefined; next = widgets.shift()) {
		const { name, controlled, behindButton, ofChoice } = next;
		// It came with a choice already.
		if (Object.hasOwn(found, name)) continue;
		if (behindButton && buttons.has(values[at])) at++;
		if (at < values.length) found[name] = asValue(values[at]);
		widgets.unshift(...ofChoice(values[at] as InputValue));
		at++;
		const control = values[at];
		if (controlled && typeof control === 'string' && controls.has(control)) at++;
	}
	return found;
}
