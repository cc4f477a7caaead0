//! Operations on a tenant's settings.

use super::{Operation, Shape};
use crate::http::dto::settings::{SettingsPatchSchema, SettingsView};
use crate::http::routes;
use crate::problem::ProblemCode;

pub(super) fn all() -> Vec<Operation> {
    vec![
        Operation {
            route: &routes::GET_SETTINGS,
            id: "getSettings",
            tag: "settings",
            summary: "Read the settings",
            description: "Each setting with its value and where that comes from: the default, the deployment's \
                          environment or the tenant. As of now, even where warm functions still use older ones.",
            request: None,
            status: 200,
            answer_description: "The settings.",
            answer: Shape::of::<SettingsView>(),
            versioned: true,
            problems: &[],
        },
        Operation {
            route: &routes::UPDATE_SETTINGS,
            id: "updateSettings",
            tag: "settings",
            summary: "Change settings",
            description: "Admin only. What is left out stays, null returns to the deployment's value. In force \
                          everywhere within a minute. The currency cannot change once there are orders.",
            request: Some(Shape::of::<SettingsPatchSchema>()),
            status: 200,
            answer_description: "The settings after the change.",
            answer: Shape::of::<SettingsView>(),
            versioned: true,
            problems: &[ProblemCode::VersionConflict],
        },
    ]
}
