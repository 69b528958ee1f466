//! The messages: a file here and a folder of templates for each.

pub mod cancelled;
pub mod changed;
pub mod conflict;
pub mod endings;
pub mod event_parked;
pub mod invitation;
pub mod order;
pub mod order_cancelled;
pub mod renewed;
pub mod request;
pub mod undelivered;
pub mod unlocked;

/// Declares the three templates of a message and `write`, which renders them. In a template `mail` is the data,
/// `words` the message's sentences, `frame` what all mails share.
macro_rules! templates {
    ($mail:ty, $words:ty, $subject:tt, $text:tt, $html:tt) => {
        use askama::Template as _;

        #[derive(askama::Template)]
        #[template(path = $subject)]
        struct Subject<'a> {
            mail: &'a $mail,
            words: &'a $words,
        }

        #[derive(askama::Template)]
        #[template(path = $text)]
        struct Text<'a> {
            mail: &'a $mail,
            words: &'a $words,
            frame: &'a $crate::frame::Frame<'a>,
        }

        #[derive(askama::Template)]
        #[template(path = $html)]
        struct Html<'a> {
            mail: &'a $mail,
            words: &'a $words,
            frame: &'a $crate::frame::Frame<'a>,
        }

        fn write(mail: &$mail, words: &$words, frame: &$crate::frame::Frame<'_>) -> $crate::Rendered {
            let sound = "templates are compiled in and write to memory";
            $crate::Rendered {
                subject: Subject { mail, words }.render().expect(sound).trim().to_owned(),
                text: Text { mail, words, frame }.render().expect(sound),
                html: Html { mail, words, frame }.render().expect(sound),
            }
        }
    };
}

pub(crate) use templates;
