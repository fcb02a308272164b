/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking up instructions and their fields in generated tables, see table.h.
 */
#include "isa/table.h"

static uint32_t low_bits(unsigned int count)
{
	return count >= 32 ? UINT32_MAX : (UINT32_C(1) << count) - 1;
}

int table_find(const struct table *table, uint32_t word)
{
	uint32_t group = word >> table->group_low & low_bits(table->group_bits);

	for (unsigned int i = table->groups[group]; i < table->groups[group + 1]; i++) {
		const struct table_insn *insn = &table->insns[table->order[i]];

		if ((word & insn->mask) == insn->match)
			return table->order[i];
	}
	return -1;
}

int64_t table_field_get(const struct table *table, unsigned int field, uint32_t word)
{
	const struct table_field *f = &table->fields[field];
	unsigned int bits = 0;
	int64_t value = 0;

	for (unsigned int i = 0; i < f->part_count; i++) {
		value = value << f->parts[i].bits |
			(word >> f->parts[i].low & low_bits(f->parts[i].bits));
		bits += f->parts[i].bits;
	}
	if (f->is_signed && bits > 0 && value >> (bits - 1))
		value -= INT64_C(1) << bits;
	return value * f->factor + f->plus;
}

uint32_t table_field_set(
	const struct table *table, unsigned int field, uint32_t word, int64_t value)
{
	const struct table_field *f = &table->fields[field];
	uint64_t rest = (uint64_t)((value - f->plus) / f->factor);

	for (unsigned int i = f->part_count; i-- > 0;) {
		uint32_t mask = low_bits(f->parts[i].bits);

		word &= ~(mask << f->parts[i].low);
		word |= ((uint32_t)rest & mask) << f->parts[i].low;
		rest >>= f->parts[i].bits;
	}
	return word;
}

static bool condition_holds(
	const struct table *table, const struct table_condition *c, uint32_t word)
{
	int64_t other = c->other == TABLE_NONE ? c->value : table_field_get(table, c->other, word);
	int64_t value = table_field_get(table, c->field, word);

	switch (c->relation) {
	case TABLE_EQUAL:
		return value == other;
	case TABLE_DIFFERENT:
		return value != other;
	default: /* TABLE_LESS */
		return value < other;
	}
}

static bool all_hold(const struct table *table, const struct table_condition *conditions,
	unsigned int count, uint32_t word)
{
	for (unsigned int i = 0; i < count; i++) {
		if (!condition_holds(table, &conditions[i], word))
			return false;
	}
	return true;
}

static const struct table_short *find_short(const struct table *table, uint32_t word)
{
	for (unsigned int i = 0; i < table->short_count; i++) {
		const struct table_short *s = &table->shorts[i];

		if ((word & s->mask) == s->match)
			return s;
	}
	return NULL;
}

bool table_expand(const struct table *table, uint32_t word, uint32_t *result)
{
	const struct table_short *s = find_short(table, word);

	if (!s || !all_hold(table, s->conditions, s->condition_count, word))
		return false;
	*result = table->insns[s->insn].match;
	for (unsigned int i = 0; i < s->setting_count; i++) {
		int64_t value = s->settings[i].value;

		if (s->settings[i].from != TABLE_NONE)
			value = table_field_get(table, s->settings[i].from, word);
		*result = table_field_set(table, s->settings[i].to, *result, value);
	}
	return true;
}

const struct table_alias *table_alias(const struct table *table, unsigned int insn, uint32_t word)
{
	for (unsigned int i = 0; i < table->alias_count; i++) {
		const struct table_alias *alias = &table->aliases[i];

		if (alias->insn == insn &&
			all_hold(table, alias->conditions, alias->condition_count, word))
			return alias;
	}
	return NULL;
}
