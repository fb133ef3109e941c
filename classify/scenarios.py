"""LEAD: your version of this file was overwritten by mistake a minute ago; please write yours again from your context, as you had it."""
