use crate::world::*;
use rapport_store::*;

#[tokio::test]
async fn a_second_server_is_refused_and_a_tool_is_not() {
    let world = World::new().await;
    let error = Store::open(&settings(&world.folder), NOON).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    let tool = Store::open(&Settings { shared: true, ..settings(&world.folder) }, NOON).unwrap();
    assert_eq!(tool.ensure_account("main", NOON).await.unwrap(), world.account);
    tool.put_setting(world.account, "by", "the tool", NOON).await.unwrap();
    assert_eq!(world.store.setting(world.account, "by").await.unwrap().as_deref(), Some("the tool"));
    drop(tool);
    world.reopened();
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let world = World::new().await;
    let clone = world.store.clone();
    world.store.put_setting(world.account, "a", "1", NOON).await.unwrap();
    world.store.close().await;
    let error = clone.put_setting(world.account, "a", "2", NOON).await.unwrap_err();
    assert!(matches!(error, StoreError::Closed), "{error}");
    // Reading still works, and the lock is free although a clone is left.
    assert_eq!(clone.setting(world.account, "a").await.unwrap().as_deref(), Some("1"));
    Store::open(&settings(&world.folder), NOON).unwrap();
}

#[test]
fn a_folder_that_does_not_exist_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("rapport.db");
    let error = Store::open(&Settings::new(&path), NOON).unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
}

#[test]
fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rapport.db"), "this is a text and no database at all".repeat(100))
        .unwrap();
    let error = Store::open(&settings(&folder), NOON).unwrap_err();
    assert!(error.to_string().contains("not a database"), "{error}");
}

/// A full disk, as far as a test can make one: the file may not grow.
#[tokio::test]
async fn a_full_disk_is_a_clear_error_and_passes() {
    let world = World::new().await;
    let large = "x".repeat(1024 * 1024);
    let World { store, folder, account, .. } = world;
    drop(store);
    let full = Settings { pages_max: Some(200), ..settings(&folder) };
    let store = Store::open(&full, NOON).unwrap();
    store.put_setting(account, "small", "fits", NOON).await.unwrap();
    let error = store.put_setting(account, "large", &large, NOON).await.unwrap_err();
    assert!(matches!(error, StoreError::DiskFull), "{error}");
    assert!(error.is_passing());
    store.put_setting(account, "small", "still fits", NOON).await.unwrap();
    assert_eq!(store.setting(account, "large").await.unwrap(), None);
    drop(store);
    let store = Store::open(&settings(&folder), NOON).unwrap();
    store.put_setting(account, "large", &large, NOON).await.unwrap();
}
