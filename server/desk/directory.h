/* directory.h -- what communities are called and what goes on in them, for lists of many.
 *
 * What is known of one is some seconds old at most and shared by all who look: however many find
 * their community on the front page, Redis is asked for each of them once in that time. */
#ifndef GROUNDSWELL_DESK_DIRECTORY_H
#define GROUNDSWELL_DESK_DIRECTORY_H

#include <stddef.h>

#include "groundswell/base/text.h"

#define DIRECTORY_MOST 1000 /* communities looked at by one question */

struct desk;
struct directory;
struct visit;

struct directory *directory_new(struct desk *desk);
void directory_free(struct directory *directory);

/* Answers communities_list: of these slugs, which are copied, those whose name or slug has what
 * ?name= says (all where it says nothing), at most errand->page.limit of them. */
void directory_say(struct visit *visit, const struct text *slugs, size_t n);

#endif
