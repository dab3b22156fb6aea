/* notice_say.c -- the sentences of the notices, by kind and by how it concerns whom it is for.
 *
 * English is complete. The Welsh is a machine draft and needs a Welsh speaker's review, as every
 * mail in Welsh says. A kind is a row here and in CONCERNS of server/ledger/lua/19_notice.lua. */
#include "groundswell/desk/notice_say.h"

static const struct {
    const char *kind, *how; /* how NULL: any */
    const char *en, *cy;
} sentences[] = {
    {"round_opened", NULL, "A new round has opened: you have a budget to pledge.",
     "Mae rownd newydd wedi agor: mae gennych gyllideb i'w haddo."},
    {"round_closed", NULL, "The round has closed. What you had not spent went back to the pool.",
     "Mae'r rownd wedi cau. Aeth yr hyn na wariwyd gennych yn ôl i'r gronfa."},
    {"tender_closes_soon", NULL, "A call that you pledged on closes within three days.",
     "Mae galwad yr addawoch arni yn cau o fewn tridiau."},
    {"tender_lapsed", "tender",
     "A call that you pledged on has ended without a choice. What you pledged came back to you.",
     "Daeth galwad yr addawoch arni i ben heb ddewis. Daeth eich addewid yn ôl atoch."},
    {"tender_lapsed", NULL, "A call of your body has ended without a choice.",
     "Daeth galwad gan eich corff i ben heb ddewis."},
    {"tender_withdrawn", "tender",
     "A call that you pledged on was withdrawn. What you had pledged came back to you.",
     "Tynnwyd galwad yr addawoch arni yn ôl. Daeth eich addewid yn ôl atoch."},
    {"tender_withdrawn", NULL, "A call was withdrawn.", "Tynnwyd galwad yn ôl."},
    {"tender_critical", "proposal",
     "A proposal that you pledged to has enough support. If that holds until its window ends, it "
     "will be commissioned.",
     "Mae gan gynnig yr addawoch iddo ddigon o gefnogaeth. Os deil hynny hyd ddiwedd ei gyfnod, "
     "caiff ei gomisiynu."},
    {"tender_critical", NULL, "A proposal has reached its critical mass; its window has begun.",
     "Mae cynnig wedi cyrraedd y màs critigol; mae ei gyfnod wedi dechrau."},
    {"tender_reopened", NULL, "A proposal has fallen below what it needs; pledging goes on.",
     "Mae cynnig wedi disgyn islaw'r hyn sydd ei angen; mae'r addo'n parhau."},
    {"tender_paused", NULL, "A call was paused. Nothing is lost; its dates move.",
     "Oedwyd galwad. Ni chollwyd dim; mae ei dyddiadau'n symud."},
    {"tender_resumed", NULL, "A call that was paused goes on.",
     "Mae galwad a oedwyd yn mynd yn ei blaen."},
    {"proposal_submitted", NULL, "A proposal was submitted to a call of your body.",
     "Cyflwynwyd cynnig i alwad gan eich corff."},
    {"proposal_amended", NULL,
     "A proposal to a call of your body was amended: it is to be judged again.",
     "Diwygiwyd cynnig i alwad gan eich corff: mae i'w farnu eto."},
    {"proposals_merged", NULL, "Two proposals to a call of your body have become one.",
     "Mae dau gynnig i alwad gan eich corff wedi dod yn un."},
    {"proposal_withdrawn", "proposal",
     "A proposal that you pledged to was withdrawn. What you had pledged came back to you.",
     "Tynnwyd cynnig yr addawoch iddo yn ôl. Daeth eich addewid yn ôl atoch."},
    {"proposal_withdrawn", NULL, "A proposal to a call of your body was withdrawn.",
     "Tynnwyd cynnig i alwad gan eich corff yn ôl."},
    {"fallback_dropped", NULL,
     "What you had pledged came back to you: your next choice could not be used.",
     "Daeth eich addewid yn ôl atoch: ni ellid defnyddio eich dewis nesaf."},
    {"commission_activated", "proposal",
     "A proposal that you pledged to was chosen. Your share was taken from your budget; the rest "
     "came back.",
     "Dewiswyd cynnig yr addawoch iddo. Cymerwyd eich cyfran o'ch cyllideb; daeth y gweddill yn "
     "ôl."},
    {"commission_activated", "tender",
     "Another proposal was chosen. What you had pledged came back to you.",
     "Dewiswyd cynnig arall. Daeth eich addewid yn ôl atoch."},
    {"commission_activated", NULL, "A proposal was chosen: it is a commission now.",
     "Dewiswyd cynnig: mae'n gomisiwn bellach."},
    {"contract_signed", NULL, "The contract of a commission was signed.",
     "Llofnodwyd contract comisiwn."},
    {"milestone_reported", "proposal",
     "Something that you helped pay for is reported as done. Was it? Confirm or dispute it.",
     "Adroddwyd bod rhywbeth y helpoch i dalu amdano wedi'i wneud. A yw'n wir? Gallwch ei "
     "gadarnhau neu ei herio."},
    {"milestone_reported", NULL, "A milestone is reported as done.",
     "Adroddwyd bod carreg filltir wedi'i chyflawni."},
    {"milestone_disputed", NULL, "A resident disputes that a milestone was done.",
     "Mae preswylydd yn herio bod carreg filltir wedi'i chyflawni."},
    {"milestone_accepted", NULL, "A milestone of something that you helped pay for was accepted.",
     "Derbyniwyd carreg filltir rhywbeth y helpoch i dalu amdano."},
    {"outcome_reported", NULL, "There is news of what a commission has achieved.",
     "Mae newyddion am yr hyn a gyflawnodd comisiwn."},
    {"commission_completed", NULL, "A commission is complete.", "Mae comisiwn wedi'i gwblhau."},
    {"commission_terminated", NULL,
     "A commission was ended early. What was not paid went back to the pool.",
     "Daeth comisiwn i ben yn gynnar. Aeth yr hyn na thalwyd yn ôl i'r gronfa."},
    {"body_suspended", NULL,
     "A commissioning body is suspended: its register does not show what publishing takes.",
     "Mae corff comisiynu wedi'i atal: nid yw ei gofrestr yn dangos yr hyn sydd ei angen i "
     "gyhoeddi."},
    {"body_restored", NULL, "A commissioning body may publish again.",
     "Caiff corff comisiynu gyhoeddi eto."},
    {"talk_appealed", NULL, "The hiding of a contribution was appealed.",
     "Apeliwyd yn erbyn cuddio cyfraniad."},
    {"talk_ruled", NULL, "The trust has ruled on an appeal.",
     "Mae'r ymddiriedolaeth wedi dyfarnu ar apêl."},
    {"need_raised", NULL, "A resident has raised a need.", "Mae preswylydd wedi codi angen."},
};

struct text notice_say(const struct notice_item *item, struct text lang)
{
    bool welsh = text_is(lang, "cy");
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        if (!text_is(item->kind, sentences[i].kind)) continue;
        if (sentences[i].how && !text_is(item->how, sentences[i].how)) continue;
        return text_of(welsh ? sentences[i].cy : sentences[i].en);
    }
    return welsh ? TEXT("Digwyddodd rhywbeth sy'n ymwneud â chi.")
                 : TEXT("Something has happened that concerns you.");
}
