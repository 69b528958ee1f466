//! The embedded DynamoDB: the real table code reaches it through the unchanged SDK.

use aws_config::SdkConfig;
use dynoxide::Database;

use crate::StartError;
use crate::store::Store;

/// The name of the table.
pub(crate) const TABLE: &str = "cloud-licensing";

/// Opens the database in the store's folder, or in memory.
pub(crate) fn open(store: &Store) -> Result<Database, StartError> {
    let opened = match store.path("dynamodb.sqlite") {
        Some(path) => Database::new(&path.to_string_lossy()),
        None => Database::memory(),
    };
    opened.map_err(|error| StartError::Database(error.to_string()))
}

/// Makes the table where there is none.
pub(crate) async fn create_table(sdk: &SdkConfig) -> Result<(), StartError> {
    let client = aws_sdk_dynamodb::Client::new(sdk);
    table::definition::create(&client, TABLE).await.map_err(|error| StartError::Table(error.to_string()))
}
