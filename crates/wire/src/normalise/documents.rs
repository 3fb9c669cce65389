//! The documents' own dialect: `operation_type`, the key into the base price table.

use model::span::Category;

/// The sort of work by `operation_type`.
pub fn category(operation_type: &str) -> Option<Category> {
    Some(match operation_type {
        "api_call" => Category::Http,
        "database_query" | "storage_read" | "storage_write" => Category::Database,
        "ml_inference" => Category::Llm,
        "robot_actuation" => Category::Tool,
        _ => return None,
    })
}
