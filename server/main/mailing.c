/* mailing.c -- the words of the mails that desk and keeper have sent; those with links in English,
 * whatever `lang` says, until there is a catalogue.
 *
 * A link stands on a line of its own, so that no mail program breaks it or takes a full stop with
 * it. What came of a mail that was taken on, room post logs. */
#include "mailing.h"

#include "groundswell/base/buf.h"
#include "groundswell/desk/notice_say.h"
#include "groundswell/people/keys.h"

#define LETTER_MAX (8 * KIB)

static const struct {
    const char *kind, *subject, *before, *after;
} letters[] = {
    {"sign-in", "Your link to sign in",
     "Hello,\n\nto sign in, open this link within 15 minutes and press the button there:\n\n",
     "\n\nIt works once. If you did not ask for it, there is nothing to do: nobody comes in "
     "without it, and it will soon be worth nothing.\n"},
    {"mail-confirm", "Please confirm your e-mail address",
     "Hello,\n\nsomebody, probably you, wants to sign in with links that are sent to this address. "
     "To confirm that, open this link within 15 minutes and press the button there:\n\n",
     "\n\nIf it was not you, there is nothing to do: nothing more will be sent here.\n"},
    {"invitation", "You are invited to take part",
     "Hello,\n\nyou are invited to act for an organisation. To accept, open this link within 7 "
     "days, sign in and press the button there:\n\n",
     "\n\nIf you do not know what this is about, there is nothing to do.\n"},
};

enum fault mailing_open(struct loop *loop, const struct settings *settings, struct mail **ret)
{
    const char *server = settings_text(settings, SETTING_MAIL_SERVER);
    const char *user = settings_text(settings, SETTING_MAIL_USER);
    const char *password = settings_text(settings, SETTING_MAIL_PASSWORD_FILE);
    const char *name = settings_text(settings, SETTING_MAIL_FROM_NAME);
    *ret = NULL;
    if (!server[0]) return FAULT_NONE;
    struct mail_settings plan = MAIL_SETTINGS(server, settings_text(settings, SETTING_MAIL_FROM));
    plan.user = user[0] ? user : NULL;
    plan.password_file = password[0] ? password : NULL;
    plan.from_name = name[0] ? name : NULL;
    return mail_open(loop, &plan, ret);
}

/* Room post has logged what there is to say; the person asks for another link. */
static void sent(void *ctx, const struct mail_answer *answer)
{
    (void)ctx;
    (void)answer;
}

enum fault mailing_send(struct mail *mail, const struct desk_mail *letter)
{
    CLEANUP(buf) struct buf text = BUF_MAX(LETTER_MAX);
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (strcmp(letter->kind, letters[i].kind) != 0) continue;
        buf_cstr(&text, letters[i].before);
        buf_text(&text, letter->link);
        buf_cstr(&text, letters[i].after);
        if (buf_fault(&text)) return buf_fault(&text);
        const struct mail_message message = {.to = letter->to,
                                             .subject = text_of(letters[i].subject),
                                             .text = buf_view(&text)};
        return mail_send(mail, &message, sent, NULL);
    }
    return FAULT_FORMAT;
}

/* ---- notices --------------------------------------------------------------------------------- */

static void items_put(struct buf *out, const struct notifier_letter *letter)
{
    for (size_t i = 0; i < letter->items_n; i++) {
        buf_cstr(out, "* ");
        buf_text(out, notice_say(&letter->items[i], letter->lang));
        buf_char(out, '\n');
    }
}

enum fault mailing_notices(void *words, const struct notifier_letter *letter, struct buf *subject,
                           struct buf *text, struct buf *stop)
{
    char seal[NOTICE_SEAL_SIZE + 1];
    const struct mailing_words *of = words;
    size_t lang = text_is(letter->lang, "cy");
    notice_seal(of->keys, letter->slug, letter->who, seal);
    buf_format(stop, "%s/c/%.*s/notices/stop?who=%.*s&seal=%s", of->public_url,
               TEXT_ARGS(letter->slug), TEXT_ARGS(letter->who), seal);
    buf_format(subject, lang ? "Newyddion o %.*s" : "News from %.*s", TEXT_ARGS(letter->slug));
    buf_format(text, lang ? "Helo,\n\ndyma beth sy'n newydd i chi yn %.*s:\n\n"
                          : "Hello,\n\nthis is new for you in %.*s:\n\n",
               TEXT_ARGS(letter->slug));
    items_put(text, letter);
    if (letter->more)
        buf_cstr(text, lang ? "* Mae rhagor ar y wefan.\n" : "* And more on the site.\n");
    buf_format(text, lang ? "\nEich cyfrif: %s/me\nDim mwy o'r negeseuon hyn: %.*s\n"
                          : "\nYour account: %s/me\nNo more of these mails: %.*s\n",
               of->public_url, TEXT_ARGS(buf_view(stop)));
    if (lang) buf_cstr(text, "\n(Machine draft: this Welsh needs a Welsh speaker's review.)\n");
    enum fault no = buf_fault(stop);
    if (!no) no = buf_fault(subject);
    return no ? no : buf_fault(text);
}

void mailing_alert(void *words, const struct alert_delivery *delivery, struct buf *subject,
                   struct buf *text)
{
    static const struct {
        const char *when, *says;
    } sentences[] = {{"activation", "A proposal has become a commission."},
                     {"near", "A proposal is close to becoming a commission."},
                     {"stalled", "Nothing has been recorded of a commission for a long time."},
                     {"participation", "Few people of an area have pledged."},
                     {"body_suspended", "A commissioning body has lost its lay majority."},
                     {"log_trouble", "The public record is not being sealed."}};
    const struct mailing_words *of = words;
    buf_format(subject, "Alert from %.*s", TEXT_ARGS(delivery->community));
    buf_format(text, "Hello,\n\nyou asked to be told of this in %.*s:\n\n* ",
               TEXT_ARGS(delivery->community));
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (text_is(delivery->when, sentences[i].when)) buf_cstr(text, sentences[i].says);
    buf_format(text, "\n\nAll your communities at a glance: %s/trusts/%.*s\n"
                     "To have no more of these mails, remove the alert there.\n",
               of->public_url, TEXT_ARGS(delivery->trust));
}
