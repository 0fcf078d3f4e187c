"""From a source's document to stored items.

The shell: ``poll`` the whole story of one poll · ``fetch`` the one door to the network, with
``transfer`` (one fetch in progress) and ``guard`` (which addresses may be reached) · ``robots`` ·
``parsers`` child processes that read · ``history`` a source's older documents · ``recorder``
polls into the store, in batches · ``darkroom`` a child process that decodes pictures, with
``imaging`` (the one door to Pillow); ``confined`` what all such children are held to.

What it asks, all of it pure: ``hosts`` whose turn it is · ``budgets`` what hosts allow, learnt ·
``reading`` what a document says that is new, with ``fresh`` (which entries that is), ``parse``,
``quick`` (the one door to feedparser), ``entries`` (what an entry says), ``jsonfeed``, ``clean``
(safe HTML), ``dates``, ``picture``, ``hints`` (how often the feed wants to be asked) and
``notfeed`` (what a non-feed is) · ``identity`` what an entry calls itself, with ``address``,
``article``, ``headline`` (keys), ``domains``, ``likeness`` · ``matching`` which stored item it is ·
``filters`` the operator's include and exclude · ``decide`` what to record, with ``visible`` (what
readers see of a change) · ``flood`` what waits for the operator · ``pace`` when to poll next ·
``conclude`` what a poll comes to · ``websub`` a hub's questions and proofs. After publishing:
``watching`` whether a page is gone, ``correction`` whether a source says that it was wrong. For
sources before and beside polls: ``scout`` looks at an address, with ``candidates`` (where a site's
feeds may be) and ``sights`` (what was found) · ``spoken`` the one door to py3langid · ``checkup``
what is wrong with a source · ``trial`` what a draft would change · ``due`` why it is polled when ·
``credentials`` its login · ``leased`` hosts shared with other processes. For those who look:
``difference`` between two versions, ``readable`` (the one door to trafilatura) an article's text.
"""
