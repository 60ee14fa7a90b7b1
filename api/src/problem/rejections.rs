//! How axum's own refusals become problems. Our extractors ([`crate::extract`]) say more; these are for
//! handlers that take axum's directly.

use axum::extract::rejection::{
    BytesRejection, FormRejection, JsonRejection, PathRejection, QueryRejection, StringRejection,
};
use axum::http::StatusCode;

use super::{Problem, kinds};

impl Problem {
    fn of_rejection(status: StatusCode, text: String) -> Self {
        let problem = Self::new(kinds::for_status(status.as_u16()));
        if status.is_server_error() { problem } else { problem.detail(text) }
    }
}

macro_rules! rejections {
    ($($name:ident),+) => {$(
        impl From<$name> for Problem {
            fn from(rejection: $name) -> Self {
                Self::of_rejection(rejection.status(), rejection.body_text())
            }
        }
    )+};
}

rejections!(BytesRejection, FormRejection, JsonRejection, PathRejection, QueryRejection, StringRejection);
