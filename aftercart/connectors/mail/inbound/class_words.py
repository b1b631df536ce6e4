"""How subjects of mails begin that no person wrote, language by language. Data, and nothing else; lower case."""

from __future__ import annotations

# A subject begins so, perhaps in brackets. Not after "Re:": a person may well answer an automatic reply. Words for
# being absent are not among them: customers write them when a courier found nobody at home.
AUTOMATIC = (
    # English
    r"auto(?:matic|mated|matically)?[ -]?(?:reply|response|respond|generated|answer|acknowledg)", r"autoreply",
    r"autoresponse", r"out[ -]of[ -](?:the[ -])?office", r"away from (?:the|my) (?:office|desk|mail)",
    r"vacation (?:reply|response|message|notice)",
    # German, Dutch
    r"automatische (?:antwort|abwesenheits|empfangs|eingangs)",
    r"abwesenheits?(?:notiz|nachricht|benachrichtigung|mitteilung|assistent|meldung)",
    r"autom(?:atische|\.) (?:antwort|antwoord|beantwoording)", r"automatisch(?:e)? (?:antwoord|bericht|reactie)",
    r"afwezigheids(?:bericht|assistent|melding)",
    # French, Spanish, Italian, Portuguese, Catalan, Romanian
    r"réponse automatique", r"message (?:automatique|d['’]absence)", r"absen(?:ce|te?|t\(e\)) du bureau",
    r"respuesta autom[áa]tica", r"fuera de (?:la )?oficina", r"contestación automática", r"risposta automatica",
    r"fuori (?:sede|ufficio)", r"messaggio automatico", r"resposta autom[áa]tica", r"fora do escrit[óo]rio",
    r"mensagem automática", r"resposta automàtica", r"răspuns automat", r"în afara biroului",
    # Nordic
    r"auto(?:matiskt?)? ?(?:svar|besvarelse)", r"(?:fraværs|frånvaro)(?:assistent|melding|meddelande|besked)",
    r"autosvar", r"automaattinen (?:vastaus|poissaolo)", r"sjálfvirkt svar", r"borte fra kontoret",
    # Slavic, Baltic, Hungarian
    r"automatyczna odpowiedź", r"autoodpowiedź", r"odpowiedź automatyczna", r"poza biurem",
    r"automatick[áé] odpove[ďd]", r"automatická odpověď", r"mimo kancelář", r"automatikus (?:válasz|üzenet)",
    r"irodán kívül", r"автоответ(?:чик)?", r"автоматическ(?:ий|ое) (?:ответ|сообщение|уведомление)", r"вне офиса",
    r"автоматична відповідь", r"поза офісом", r"автоматичен отговор", r"automatski odgovor", r"samodejni odgovor",
    r"automatinis atsakymas", r"automātiskā atbilde", r"automaatvastus", r"аутоматски одговор",
    # Greek, Turkish, Hebrew, Arabic, Persian
    r"αυτόματη απάντηση", r"εκτός γραφείου", r"otomatik (?:yanıt|cevap)", r"ofis dışında", r"תשובה אוטומטית",
    r"מענה אוטומטי", r"מחוץ למשרד", r"رد تلقائي", r"رد آلي", r"خارج المكتب", r"پاسخ خودکار",
    # Asia
    r"自動(?:返信|応答|回覆|回復)", r"自动(?:回复|答复|回覆)", r"外出(?:自动回复|不在)", r"자동 ?(?:회신|응답|답장)",
    r"trả lời tự động", r"thư trả lời tự động", r"ตอบกลับอัตโนมัติ", r"การตอบกลับอัตโนมัติ", r"balasan otomatis",
    r"balasan automatik", r"स्वचालित (?:उत्तर|जवाब)",
)  # fmt: skip

# A server about a mail of ours.
BOUNCED = (
    r"undeliver(?:able|ed)", r"delivery (?:status notification|has failed|failed|failure|report|delayed|incomplete)",
    r"mail delivery (?:failed|failure|subsystem|system|error|status)", r"returned (?:mail|to sender)",
    r"failure notice", r"message (?:could not be delivered|not delivered|delayed|undeliverable)",
    r"non[ -]?deliver(?:y|able)", r"nondeliverable mail", r"unzustellbar", r"nicht zustellbar",
    r"zustellung .{0,30}(?:fehlgeschlagen|gescheitert|verzögert)", r"unzustellbare nachricht",
    r"non (?:remis|distribuable|livré)", r"échec de (?:la )?(?:remise|livraison|distribution)",
    r"message non (?:remis|distribué)", r"no se (?:puede|pudo) entregar", r"no entregado", r"correo no entregado",
    r"non recapitabile", r"mancato recapito", r"impossibile recapitare", r"não (?:é possível entregar|entregue)",
    r"falha na entrega", r"onbestelbaar", r"kan inte levereras", r"ej levererat", r"kunne ikke leveres",
    r"kan ikke leveres", r"ei voitu toimittaa", r"toimittaminen epäonnistui", r"niedostarczalne",
    r"nie można dostarczyć", r"niedoręczono", r"nedoručitelné", r"nedoručiteľné", r"kézbesíthetetlen",
    r"sikertelen kézbesítés", r"nelivrat", r"не\s?(?:доставл|возможно достав|\s?может быть доставлен)",
    r"недоставлено", r"сообщение не доставлено", r"не вдалося доставити", r"teslim edilemedi", r"teslim edilemeyen",
    r"δεν είναι δυνατή η παράδοση", r"配信(?:不能|できません|エラー)", r"未(?:配信|达|送达)", r"无法(?:投递|送达)",
    r"系统退信", r"退信", r"無法傳遞", r"배달(?:되지|할 수 없)", r"تعذر التسليم", r"לא ניתן למסירה",
)  # fmt: skip

# Senders that are nobody: the part before the @.
SERVERS = ("mailer-daemon", "mailer_daemon", "postmaster", "mail-daemon", "maildaemon", "mdaemon", "bounce", "bounces")
MACHINES = (
    "noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "do_not_reply", "do.not.reply",
    "dontreply", "nepasrepondre", "ne-pas-repondre", "noresponder", "no-responder", "nicht-antworten", "nao-responda",
    "naoresponda", "non-rispondere", "nonrispondere", "autoreply", "auto-reply", "autoresponder", "no-replay",
    "noreplay", "geenantwoord",
)  # fmt: skip
