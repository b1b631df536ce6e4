"""How mail programs introduce what they quote, language by language, in their own words. Data, and nothing else."""

from __future__ import annotations

# "… wrote": as it stands in the line above a quotation. Regular expressions.
WROTE = (
    r"wrote", r"writes", r"quoting", r"zitat von", r"citation de", r"citando", r"schrieb(?:en)?",
    r"hat .{0,80}geschrieben", r"[aà] écrit", r"ha escrito", r"escribi[óo]", r"ha scritto", r"scrisse", r"escreveu",
    r"escribiu", r"va escriure", r"ha escrit", r"schreef", r"geschreven", r"skrev", r"skreiv", r"skrifaði",
    r"kirjoitti", r"kirjutas", r"napisa[łl](?:\(a\)|/a|a)?", r"pisze", r"napsala?(?:\(a\))?",
    r"nap[ií]sala?(?:\(a\))?", r"[ií]rta", r"a scris", r"написал(?:\(а\)|а)?", r"пишет", r"писал(?:\(а\)|а)?", r"пише",
    r"написа(?:в|ла|в\(ла\)|о|ла?/ла)?", r"napisa(?:o|la|o/la|l/-a)", r"je napisal(?:a|/a)?", r"rašė", r"parašė",
    r"rakstīja", r"έγραψε", r"yazdı", r"şunu yazdı", r"yazmış", r"כתב(?:/ה|ה)?", r"מאת", r"كتب(?:ت)?", r"نوشت",
    r"ने लिखा", r"đã viết", r"viết", r"เขียน(?:ว่า)?", r"napisana przez", r"كتابة ما يلي", r"şunları yazdı",
    r"menulis", r"写道", r"寫道", r"のメッセージ", r"のメール", r"書き(?:ました|込み)", r"님이 (?:작성|쓴 글)",
    r"작성", r"idatzi(?: du| zuen)?", r"scríobh", r"ysgrifennodd", r"skryf", r"ka shkruar", r"напиша",
)  # fmt: skip

# What such a line may begin with, beside a date, a name or an address. Lower case.
OPENERS = (
    "on", "at", "in a message", "am", "le", "el", "il", "em", "no dia", "a", "al", "op", "den", "d.", "pe", "în", "la",
    "dnia", "w dniu", "dne", "dňa", "ne", "ob", "dana", "u", "в", "во", "на", "на дата", "dne:", "στις", "tarih",
    "tarihinde", "vào", "vào lúc", "เมื่อ", "pada", "在", "于", "於", "ב", "ב-", "בתאריך", "في", "بتاريخ", "در",
    "il giorno", "data", "ti", "ke", "ma", "su", "la", "lör", "mån", "tis", "ons", "tors", "fre", "sön", "man", "tir",
    "tor", "lør", "søn", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so",
    "lun", "mar", "mer", "mié", "jue", "vie", "sáb", "dom", "gio", "ven", "sab", "seg", "ter", "qua", "qui", "sex",
    "pon", "wt", "śr", "czw", "pt", "sob", "niedz", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    "sunday", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "lundi", "mardi",
    "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "понедельник", "вторник", "среда", "среду", "четверг",
    "пятница", "пятницу", "суббота", "субботу", "воскресенье", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "нд",
    "päivänä", "kl", "klo",
)  # fmt: skip

# The names in the block of headers that a program puts above a mail that it quotes or forwards, by what they mean.
HEADERS = {
    "from": (
        "from", "von", "de", "da", "van", "från", "fra", "lähettäjä", "od", "nadawca", "odesílatel", "odosielateľ",
        "feladó", "de la", "expediteur", "expéditeur", "remitente", "mittente", "remetente", "afzender", "avsändare",
        "avsender", "afsender", "absender", "от", "от кого", "отправитель", "від", "от:", "из", "kimden", "gönderen",
        "από", "差出人", "送信者", "发件人", "寄件者", "寄件人", "发送人", "보낸 사람", "보낸사람", "từ", "จาก",
        "dari", "من", "מאת", "nuo", "no", "kellelt", "saatja", "pošiljatelj", "šalje", "för", "gönderici", "nga",
        "seneder",
    ),
    "date": (
        "sent", "date", "gesendet", "datum", "envoyé", "envoyé le", "date d'envoi", "enviado", "enviado el",
        "enviado em", "fecha", "data", "inviato", "data invio", "verzonden", "verzonden op", "skickat", "sendt",
        "dato", "lähetetty", "päiväys", "päivämäärä", "wysłano", "wysłane", "odesláno", "odoslané", "dátum",
        "elküldve", "küldve", "trimis", "trimis la", "dată", "дата", "отправлено", "отправлен", "надіслано",
        "изпратено", "gönderme tarihi", "gönderildi", "gönderilme", "tarih", "ημερομηνία", "στάλθηκε", "送信日時",
        "日時", "日付", "送信", "发送时间", "发送日期", "日期", "时间", "傳送時間", "寄件日期", "寄件時間",
        "보낸 날짜", "날짜", "보낸날짜", "đã gửi", "ngày", "gửi", "ส่ง", "วันที่", "dikirim", "tanggal", "تاريخ",
        "التاريخ", "تاريخ الإرسال", "נשלח", "תאריך", "išsiųsta", "nosūtīts", "saadetud", "kuupäev", "poslano",
        "poslato", "received", "empfangen",
    ),
    "to": (
        "to", "an", "à", "a", "pour", "para", "per", "aan", "till", "til", "vastaanottaja", "do", "komu", "pro",
        "címzett", "către", "la", "кому", "до", "за", "kime", "alıcı", "προς", "宛先", "收件人", "收件者", "받는 사람",
        "받는사람", "đến", "tới", "ถึง", "kepada", "إلى", "الى", "אל", "kam", "kellele", "saaja", "za", "prima",
        "destinataire", "destinatario", "destinatário", "empfänger", "ontvanger", "mottagare", "mottaker", "modtager",
        "adresat", "получатель", "発送先",
    ),
    "subject": (
        "subject", "betreff", "objet", "sujet", "asunto", "oggetto", "assunto", "onderwerp", "ämne", "emne", "aihe",
        "temat", "předmět", "predmet", "tárgy", "subiect", "тема", "относно", "konu", "θέμα", "件名", "題名", "主题",
        "主題", "主旨", "标题", "제목", "chủ đề", "tiêu đề", "เรื่อง", "หัวเรื่อง", "subjek", "perihal", "الموضوع",
        "موضوع", "נושא", "tema", "temats", "teema", "zadeva", "naslov", "assumpte", "efni", "argomento",
    ),
    "cc": (
        "cc", "kopie", "kopia", "kopi", "kopio", "copie", "copie à", "copia", "dw", "kópia", "másolat", "копия",
        "копія", "bilgi", "κοιν", "κοινοποίηση", "抄送", "副本", "참조", "dk", "con copia", "cópia", "tembusan",
        "สำเนา", "نسخة", "עותק", "bcc", "cci", "udw",
    ),
    "reply-to": (
        "reply-to", "reply to", "antwort an", "répondre à", "responder a", "risposta", "rispondi a", "responder para",
        "antwoord aan", "svar till", "svar til", "odpowiedź do", "ответить", "yanıtla", "返信先", "回复", "importance",
        "priority", "wichtigkeit", "priorität", "organization", "attachments", "anlagen", "pièces jointes",
        "datos adjuntos", "allegati", "anexos", "bijlagen", "bilagor", "załączniki", "вложения", "附件",
        "添付ファイル", "importancia", "importanza", "prioridad",
    ),
}  # fmt: skip

# What stands between dashes, or before a colon, above a whole mail. Regular expressions, matched in any case.
ORIGINAL = (
    r"original (?:message|mail|e-?mail|appointment)", r"forwarded (?:message|mail|by .{1,60})",
    r"begin forwarded message", r"start of forwarded message", r"reply message",
    r"ursprüngliche (?:nachricht|mail|e-mail)", r"originalnachricht", r"original-nachricht", r"original-mail",
    r"weitergeleitete (?:nachricht|e-?mail)", r"anfang der weitergeleiteten (?:nachricht|e-mail)",
    r"message (?:d.origine|original|originel|initial)", r"message (?:transféré|transmis|réexpédié)",
    r"début du message (?:réexpédié|transféré)", r"mensaje (?:original|reenviado)", r"inicio del mensaje reenviado",
    r"messaggio (?:originale|inoltrato|inviato)", r"inizio messaggio inoltrato",
    r"mensagem (?:original|encaminhada|reencaminhada)", r"início da mensagem (?:encaminhada|reencaminhada)",
    r"(?:oorspronkelijk|origineel|doorgestuurd) bericht", r"begin doorgestuurd bericht", r"ursprungligt meddelande",
    r"originalmeddelande", r"vidarebefordrat (?:meddelande|brev)", r"vidarebefordrat mejl", r"opprinnelig melding",
    r"oprindelig (?:meddelelse|besked)", r"oprindelig mail", r"videresen[dt]t? (?:melding|meddelelse|besked|e-post)",
    r"start på videresendt .{1,20}", r"alkuperäinen viesti", r"(?:ala )?välitetty viesti", r"välitetty viesti alkaa",
    r"wiadomość (?:oryginalna|przekazana|napisana)", r"oryginalna wiadomość",
    r"(?:początek )?(?:przekazan[ae]j?|przesłan[ae]j?|przesyłan[ae]j?) (?:dalej )?wiadomo(?:ść|ści)",
    r"původní (?:zpráva|e-mail)", r"přeposlan[áé] zpráv[ay]", r"pôvodná správa", r"preposlaná správa",
    r"eredeti üzenet", r"továbbított üzenet", r"mesaj original", r"mesaj redirecționat", r"исходное сообщение",
    r"пересылаемое сообщение", r"пересланное сообщение", r"начало переадресованного сообщения", r"пересылаемое письмо",
    r"оригінальне повідомлення", r"переслане повідомлення", r"вихідне повідомлення", r"оригинално съобщение",
    r"препратено съобщение", r"özgün (?:ileti|mesaj)", r"orijinal (?:ileti|mesaj)", r"iletilmiş (?:ileti|mesaj)",
    r"iletilen mesaj", r"αρχικό μήνυμα", r"προωθημένο μήνυμα", r"元のメッセージ", r"転送されたメッセージ",
    r"転送メッセージ", r"original ?メッセージ", r"原始邮件", r"原始郵件", r"原邮件", r"邮件原件", r"转发的邮件",
    r"转发邮件信息", r"轉寄的?郵件", r"转发邮件", r"轉寄的訊息", r"원본 ?메[시세]지", r"원본 메일", r"전달된 메시지",
    r"thư gốc", r"tin nhắn gốc", r"thư được chuyển tiếp", r"ข้อความต้นฉบับ", r"ข้อความที่ส่งต่อ", r"pesan asli",
    r"pesan yang diteruskan", r"الرسالة الأصلية", r"الرسالة المعاد توجيهها", r"رسالة معاد توجيهها", r"הודעה מקורית",
    r"הודעה שהועברה", r"izvorna poruka", r"proslijeđena poruka", r"izvorno sporočilo", r"originali žinutė",
    r"algne sõnum", r"oriģinālais ziņojums",
)  # fmt: skip
