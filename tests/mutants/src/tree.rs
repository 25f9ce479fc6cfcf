//! A copy of the files of the tree, to be changed and built.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Failure;

/// The files that are not ignored, as they are, by their paths from the root.
pub(crate) fn tracked(tree: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(tree)
        .output()?;
    let mut files = BTreeMap::new();
    for path in String::from_utf8(listed.stdout)?.split_terminator('\0') {
        if tree.join(path).is_file() {
            files.insert(PathBuf::from(path), fs::read(tree.join(path))?);
        }
    }
    Ok(files)
}

/// Makes a folder hold these files and no others; those that are the same keep their times, so that little is built anew.
pub(crate) fn put(folder: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> io::Result<()> {
    let mut open = vec![folder.to_owned()];
    fs::create_dir_all(folder)?;
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.strip_prefix(folder).is_ok_and(|path| !files.contains_key(path)) {
                fs::remove_file(path)?;
            }
        }
    }
    for (path, text) in files {
        let path = folder.join(path);
        if fs::read(&path).ok().as_ref() != Some(text) {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, text)?;
        }
    }
    Ok(())
}
